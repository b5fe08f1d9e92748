// SPDX-License-Identifier: GPL-2.0
#include "compare/row.h"

#include "stats/family.h"
#include "stats/quantile.h"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <set>

namespace rxlab {
namespace {

const Metric* find_metric(const Cell& cell, const std::string& name) {
    for (const Observation* observation : cell.observations)
        if (const auto found = observation->metrics.find(name); found != observation->metrics.end())
            return &found->second;
    return nullptr;
}

std::vector<std::string> metric_names(const Cell& before, const Cell& after,
                                      const std::vector<std::string>& primary) {
    std::set<std::string> others;
    for (const Cell* cell : {&before, &after})
        for (const Observation* observation : cell->observations)
            for (const auto& [name, metric] : observation->metrics) others.insert(name);
    for (const std::string& name : primary) others.erase(name);
    std::vector<std::string> names = primary;
    names.insert(names.end(), others.begin(), others.end());
    return names;
}

size_t trials_in(const Clusters& clusters) {
    size_t trials = 0;
    for (const auto& [id, values] : clusters) trials += values.size();
    return trials;
}

bool comparable(const Row& row) {
    return !row.before.empty() && !row.after.empty();
}

void fill_values(Row& row, const Clusters& before, const Clusters& after, bool paired) {
    if (paired && !before.empty() && !after.empty()) {
        Pairs pairs = shared_clusters(before, after);
        row.before = std::move(pairs.before);
        row.after = std::move(pairs.after);
    } else {
        row.before = mean_values(before);
        row.after = mean_values(after);
    }
    const auto positive = [](double value) { return value > 0; };
    row.n = comparable(row) ? std::min(trials_in(before), trials_in(after)) : 0;
    row.ratio_scale = comparable(row) &&
                      std::all_of(row.before.begin(), row.before.end(), positive) &&
                      std::all_of(row.after.begin(), row.after.end(), positive);
}

Row make_row(const std::string& name, const Cell& before, const Cell& after, const Rules& rules) {
    const MetricRow& table = metric_row(name);
    const Metric* metric = find_metric(before, name);
    if (!metric) metric = find_metric(after, name);
    Row row;
    row.name = name;
    row.unit = metric ? metric->unit : unit_of(table, {});
    row.better = table.better;
    row.metric_class = table.metric_class;
    row.primary =
        std::find(rules.primary.begin(), rules.primary.end(), name) != rules.primary.end();
    row.hidden = why_not_visible(rules.lane, row.metric_class, rules.mechanisms);
    fill_values(row, clusters_of(before, name), clusters_of(after, name), rules.paired);
    return row;
}

std::vector<double> logs(const std::vector<double>& values) {
    std::vector<double> logs;
    for (const double value : values) logs.push_back(std::log(value));
    return logs;
}

std::vector<double> minus(const std::vector<double>& after, const std::vector<double>& before) {
    std::vector<double> differences;
    for (size_t i = 0; i < after.size(); i++) differences.push_back(after[i] - before[i]);
    return differences;
}

/// @param delta what counts, on the values' own scale: few pairs are not taken for less spread than
/// half of it.
Shift shift(const std::vector<double>& before, const std::vector<double>& after, const Rules& rules,
            double confidence, double delta) {
    if (!rules.paired) return unpaired_shift(before, after, confidence);
    return rules.few ? few_paired_shift(minus(after, before), confidence, delta / 2)
                     : paired_shift(minus(after, before), confidence);
}

std::optional<double> detectable(const std::vector<double>& before,
                                 const std::vector<double>& after, bool paired) {
    return paired ? detectable_shift(minus(after, before)) : detectable_shift(before, after);
}

Shift log_shift(const Row& row, const Rules& rules, double confidence) {
    return shift(logs(row.before), logs(row.after), rules, confidence, delta_of(row, rules));
}

/// In the metric's own unit, on either scale.
Shift plain_shift(const Row& row, const Rules& rules, double confidence) {
    const double delta = delta_of(row, rules);
    return shift(row.before, row.after, rules, confidence,
                 row.ratio_scale ? delta * median(row.before) : delta);
}

/// The change that delta is held against: relative on the ratio scale, else in the metric's unit.
std::optional<Interval> change_of(const Row& row, const Rules& rules, double confidence) {
    if (!comparable(row)) return std::nullopt;
    if (!row.ratio_scale) return plain_shift(row, rules, confidence).interval;
    const auto interval = log_shift(row, rules, confidence).interval;
    if (!interval) return std::nullopt;
    return Interval{std::expm1(interval->low), std::expm1(interval->high)};
}

Verdict verdict_at(const Row& row, const Rules& rules, double confidence) {
    return judge(change_of(row, rules, confidence), delta_of(row, rules), row.better);
}

std::string reason_for(const Row& row, const Rules& rules) {
    if (!row.hidden.empty()) return row.hidden;
    if (row.before.empty() && row.after.empty()) return "no trial reports it";
    if (!comparable(row)) return row.before.empty() ? "only after has it" : "only before has it";
    if (!row.primary) return "not primary: reported, not ranked";
    if (row.verdict != Verdict::inconclusive) return "";
    return change_of(row, rules, row.confidence) ? "the interval reaches across delta"
                                                 : "too few rounds for this confidence";
}

bool ranked(const Row& row) {
    return row.primary && row.hidden.empty();
}

void judge_row(Row& row, const Rules& rules) {
    if (ranked(row)) row.verdict = verdict_at(row, rules, row.confidence);
    row.reason = reason_for(row, rules);
}

void adjust_confidences(const std::vector<Row*>& family, const Rules& rules) {
    const std::vector<double> confidences = holm_confidences(
        family.size(),
        [&](size_t i, double confidence) {
            return verdict_at(*family[i], rules, confidence) != Verdict::inconclusive;
        },
        rules.error);
    for (size_t i = 0; i < family.size(); i++) family[i]->confidence = confidences[i];
}

size_t least_clusters(const Row& row, const Rules& rules) {
    if (!rules.paired) return least_each(row.confidence);
    return rules.few ? kFewestPairs : least_pairs(row.confidence);
}

/// What its intervals are made by.
const char* interval_by(const Row& row, const Rules& rules) {
    if (!rules.paired) return "ranks of two samples";
    return rules.few && row.before.size() < least_pairs(row.confidence) ? "Student's t"
                                                                        : "signed ranks";
}

std::optional<double> median_of(const std::vector<double>& values) {
    return values.empty() ? std::nullopt : std::optional(median(values));
}

void add_difference(ComparedMetric& metric, const Row& row, const Rules& rules) {
    const Shift difference = plain_shift(row, rules, row.confidence);
    metric.difference = difference.value;
    if (!difference.interval) return;
    metric.difference_low = difference.interval->low;
    metric.difference_high = difference.interval->high;
}

void add_ratio(ComparedMetric& metric, const Row& row, const Rules& rules) {
    const Shift ratio = log_shift(row, rules, row.confidence);
    metric.ratio = std::exp(ratio.value);
    if (!ratio.interval) return;
    metric.ci_low = std::exp(ratio.interval->low);
    metric.ci_high = std::exp(ratio.interval->high);
}

/// A metric without a phrase of its own goes by its name; instructions are fewer or more all the
/// same.
ChangeWords change_words(const Row& row) {
    const Phrase& phrase = metric_row(row.name).phrase;
    const bool instructions = row.unit.starts_with("instructions");
    const auto or_else = [](const char* word, const std::string& otherwise) {
        return word ? word : otherwise;
    };
    return {
        or_else(phrase.less, instructions ? "fewer" : "lower"),
        or_else(phrase.more, instructions ? "more" : "higher"),
        or_else(phrase.of, instructions ? fmt::format("instructions ({})", row.name) : row.name)};
}

/// Never below the floor: what equal arms show by themselves cannot be detected.
std::optional<double> mde_of(const Row& row, const Rules& rules) {
    const auto shift = row.ratio_scale ? detectable(logs(row.before), logs(row.after), rules.paired)
                                       : detectable(row.before, row.after, rules.paired);
    if (!shift) return std::nullopt;
    if (row.ratio_scale) return std::max(std::expm1(*shift), rules.floor);
    return std::max(*shift, rules.floor * std::abs(median(row.before)));
}

}  // namespace

double delta_of(const Row& row, const Rules& rules) {
    const double before = row.before.empty() ? 0 : median(row.before);
    if (before <= 0) return 0;  // nothing before: any difference counts
    const MetricRow& table = metric_row(row.name);
    const double relative = relative_delta(rules.lane, table, before, rules.floor);
    return row.ratio_scale ? relative : relative * before;
}

std::vector<Row> rows_of(const Cell& before, const Cell& after, const Rules& rules) {
    std::vector<Row> rows;
    for (const std::string& name : metric_names(before, after, rules.primary))
        rows.push_back(make_row(name, before, after, rules));
    return rows;
}

void judge_rows(const std::vector<std::vector<Row>*>& comparisons, const Rules& rules) {
    std::vector<Row*> family;
    size_t most = 0;  // of one comparison
    for (std::vector<Row>* rows : comparisons) {
        const size_t before = family.size();
        for (Row& row : *rows)
            if (ranked(row)) family.push_back(&row);
        most = std::max(most, family.size() - before);
    }
    if (rules.of)
        for (Row* row : family) row->confidence = first_confidence(most * rules.of, rules.error);
    else
        adjust_confidences(family, rules);
    for (std::vector<Row>* rows : comparisons)
        for (Row& row : *rows) judge_row(row, rules);
}

ComparedMetric compared(const Row& row, const Rules& rules) {
    ComparedMetric metric;
    metric.name = row.name;
    metric.unit = row.unit;
    metric.better = row.better;
    metric.metric_class = to_string(row.metric_class);
    metric.primary = row.primary;
    metric.before = median_of(row.before);
    metric.after = median_of(row.after);
    metric.confidence = row.confidence;
    metric.n = row.n;
    metric.clusters = std::min(row.before.size(), row.after.size());
    metric.least_clusters = least_clusters(row, rules);
    metric.interval_by = interval_by(row, rules);
    metric.verdict = row.verdict;
    metric.verdict_words = words_of(row.verdict, row.unit);
    metric.reason = row.reason;
    metric.before_values = row.before;
    metric.after_values = row.after;
    metric.change_words = change_words(row);
    if (!comparable(row)) return metric;
    add_difference(metric, row, rules);
    if (!row.hidden.empty()) return metric;  // a ratio is a number to rank by
    metric.scale = row.ratio_scale ? "ratio" : "difference";
    metric.delta = delta_of(row, rules);
    metric.mde = mde_of(row, rules);
    if (row.ratio_scale) add_ratio(metric, row, rules);
    return metric;
}

}  // namespace rxlab
