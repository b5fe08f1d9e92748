// SPDX-License-Identifier: GPL-2.0
#include "compare/table.h"

#include "compare/headline.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace rxlab {
namespace {

constexpr size_t kColumns = 7;
using Line = std::array<std::string, kColumns>;
const Line kHead = {"arm", "metric", "before", "after", "change", "n", "verdict"};
constexpr bool kRight[kColumns] = {false, false, true, true, false, true, false};

/// The primary metrics that this lane can see.
bool shown(const ComparedMetric& metric) {
    return metric.primary && metric.verdict != Verdict::not_visible;
}

std::string number(const std::optional<double>& value) {
    if (!value) return "-";
    const double x = *value;
    return x == 0 || (x >= 100 && x < 1e9) ? fmt::format("{:.1f}", x) : fmt::format("{:.4g}", x);
}

std::string change(const ComparedMetric& metric) {
    if (metric.ratio) return ratio_text(metric);
    if (!metric.difference) return "-";
    if (!metric.difference_low) return fmt::format("{:+.4g}", *metric.difference);
    return fmt::format("{:+.4g} ({:+.4g} to {:+.4g})", *metric.difference, *metric.difference_low,
                       metric.difference_high.value());
}

Line line_for(const ComparedArm& arm, const ComparedMetric& metric) {
    return {arm.label,
            metric.name,
            number(metric.before),
            number(metric.after),
            change(metric),
            std::to_string(metric.clusters),
            metric.verdict_words};
}

std::string aligned(const std::vector<Line>& lines) {
    std::array<size_t, kColumns> widths{};
    for (const Line& line : lines)
        for (size_t i = 0; i < kColumns; i++) widths[i] = std::max(widths[i], line[i].size());
    std::string text;
    for (const Line& line : lines) {
        std::string row;
        for (size_t i = 0; i < kColumns; i++)
            row +=
                fmt::format(fmt::runtime(kRight[i] ? "{:>{}}  " : "{:<{}}  "), line[i], widths[i]);
        text += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

/// Names of the metrics for which `wanted` holds in some arm.
template <typename Wanted>
std::set<std::string> names(const Comparison& comparison, const Wanted& wanted) {
    std::set<std::string> names;
    for (const ComparedArm& arm : comparison.comparisons)
        for (const ComparedMetric& metric : arm.metrics)
            if (wanted(metric)) names.insert(metric.name);
    return names;
}

std::string ended_early(const Comparison& comparison) {
    if (comparison.looks.empty() || comparison.rounds >= comparison.looks.back()) return "";
    return fmt::format("Ended after {} of at most {} rounds; --full takes all\n", comparison.rounds,
                       comparison.looks.back());
}

std::string not_visible(const Comparison& comparison) {
    const auto hidden = names(comparison, [](const ComparedMetric& metric) {
        return metric.primary && metric.verdict == Verdict::not_visible;
    });
    return hidden.empty() ? ""
                          : fmt::format("the {} lane cannot see {}\n", to_string(comparison.lane),
                                        fmt::join(hidden, ", "));
}

std::string others(const Comparison& comparison) {
    const auto rest =
        names(comparison, [](const ComparedMetric& metric) { return !metric.primary; });
    return rest.empty()
               ? ""
               : fmt::format("in the report besides: {} metrics that are reported and not ranked\n",
                             rest.size());
}

std::string remarks(const Comparison& comparison) {
    std::string text;
    for (const ComparedArm& arm : comparison.comparisons) {
        for (const std::string& line : arm.reasons) text += fmt::format("invalid: {}\n", line);
        for (const std::string& line : arm.notes) text += fmt::format("note: {}\n", line);
    }
    for (const std::string& note : comparison.notes) text += fmt::format("note: {}\n", note);
    return text;
}

}  // namespace

std::string text_table(const Comparison& comparison) {
    std::vector<Line> lines{kHead};
    for (const ComparedArm& arm : comparison.comparisons)
        for (const ComparedMetric& metric : arm.metrics)
            if (shown(metric)) lines.push_back(line_for(arm, metric));
    return fmt::format("{}, {} lane, {}: {}\n{}\n\n", comparison.experiment,
                       to_string(comparison.lane), comparison.target, to_string(comparison.verdict),
                       comparison.headline) +
           aligned(lines) + "\nA difference counts from " + comparison.delta_rule + "\n" +
           ended_early(comparison) + not_visible(comparison) + others(comparison) +
           remarks(comparison);
}

}  // namespace rxlab
