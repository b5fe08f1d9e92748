// SPDX-License-Identifier: GPL-2.0
#include "compare/compare.h"
#include "compare/net.h"
#include "compare/row.h"
#include "stats/family.h"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <set>

namespace rxlab {
namespace {

bool row_precise_enough(const Row& row, const Rules& rules) {
    if (!row.primary || !row.hidden.empty() || !row.ratio_scale) return true;
    std::vector<double> log_ratios;
    for (size_t i = 0; i < row.before.size(); i++)
        log_ratios.push_back(std::log(row.after[i] / row.before[i]));
    return precise_enough(log_ratios, delta_of(row, rules) / 2);
}

bool ranked(const std::string& metric, const Plan& plan, const Experiment& experiment) {
    return why_not_visible(plan.lane, metric_row(metric).metric_class, experiment.mechanism)
        .empty();
}

/// As the timed lane has it (precise_enough).
bool narrow(const ComparedMetric& metric) {
    return metric.ci_low && metric.ci_high && metric.delta &&
           std::log(*metric.ci_high / *metric.ci_low) <= *metric.delta;
}

}  // namespace

bool primary_precise_enough(const Result& measured) {
    if (!lane_row(measured.plan.lane).most_rounds) return true;
    const Result result = with_net_metrics(measured);
    const Rules rules{.lane = result.plan.lane,
                      .mechanisms = result.experiment.mechanism,
                      .primary = result.experiment.primary};
    for (const auto& [before, after] : compared_cells(result.experiment, cells_of(result)))
        for (const Row& row : rows_of(before, after, rules))
            if (!row_precise_enough(row, rules)) return false;
    return true;
}

bool primary_decided(const ComparedArm& arm) {
    return std::none_of(arm.metrics.begin(), arm.metrics.end(), [](const ComparedMetric& metric) {
        return metric.primary && metric.verdict == Verdict::inconclusive && !narrow(metric);
    });
}

std::set<CellName> undecided_cells(const Result& result, const CompareOptions& options) {
    std::set<CellName> cells;
    const Comparison comparison = compare(result, options);
    for (const ComparedArm& arm : comparison.comparisons) {
        if (primary_decided(arm)) continue;
        for (const std::string& side : {arm.arm, comparison.baseline}) {
            cells.emplace(side, arm.factors);
            if (const Arm* generator = generator_of(result.experiment, side))
                cells.emplace(generator->name, arm.factors);
        }
    }
    return cells;
}

std::string too_few_rounds(const Plan& plan, const Experiment& experiment) {
    std::set<CellName> compared;
    std::set<uint64_t> clusters;
    for (const Trial& trial : plan.trials) {
        clusters.insert(cluster_of(trial));
        if (is_compared(experiment, trial.arm)) compared.emplace(trial.arm, trial.factors);
    }
    const size_t metrics =
        std::count_if(experiment.primary.begin(), experiment.primary.end(),
                      [&](const std::string& name) { return ranked(name, plan, experiment); });
    const size_t judged = compared.size() * metrics,
                 least = plan.looks.empty() ? least_pairs(first_confidence(judged)) : kFewestPairs;
    if (clusters.size() >= least || judged == 0) return "";
    return fmt::format(
        "{} independent {} nothing: {} primary {} one error of 5 %, which takes {} rounds or more",
        clusters.size(), clusters.size() == 1 ? "round decides" : "rounds decide", judged,
        judged == 1 ? "comparison has" : "comparisons share", least);
}

}  // namespace rxlab
