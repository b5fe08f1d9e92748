// SPDX-License-Identifier: GPL-2.0
#include "compare/headline.h"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <vector>

namespace rxlab {
namespace {

constexpr size_t kMostTold = 4;

/// The first primary metric that gave the arm its verdict; else the first that this lane can rank;
/// else the first there is.
const ComparedMetric* telling_metric(const ComparedArm& arm) {
    for (const ComparedMetric& metric : arm.metrics)
        if (metric.primary && metric.verdict == arm.verdict) return &metric;
    for (const ComparedMetric& metric : arm.metrics)
        if (metric.primary && metric.verdict != Verdict::not_visible) return &metric;
    return arm.metrics.empty() ? nullptr : &arm.metrics.front();
}

std::string difference_text(const ComparedMetric& metric) {
    std::string text = fmt::format("{} is {:g} after {:g}", metric.name, metric.after.value(),
                                   metric.before.value());
    if (metric.unit != "1") text += " " + metric.unit;
    if (metric.difference_low)
        text += fmt::format(" (difference {:g} to {:g})", *metric.difference_low,
                            metric.difference_high.value());
    return text;
}

std::string ratio_sentence(const std::string& subject, const std::string& undecided,
                           const std::string& baseline, const ComparedMetric& metric) {
    const Phrase& phrase = metric_row(metric.name).phrase;
    const std::string verb =
        undecided.empty() ? fmt::format(" {}", phrase.verb ? phrase.verb : "has") : undecided;
    const std::string ratio = ratio_text(metric);
    const size_t end = std::min(ratio.find(' '), ratio.size());
    const std::string same =
        metric.verdict == Verdict::same
            ? fmt::format(", the same within {:.2g} %", 100 * metric.delta.value())
            : "";
    return fmt::format("{}{} {} {} of {}{}{}", subject, verb, ratio.substr(0, end),
                       phrase.noun ? phrase.noun : metric.name, baseline, ratio.substr(end), same);
}

std::string tell_metric(const std::string& subject, const std::string& baseline,
                        const ComparedMetric& metric) {
    if (metric.verdict == Verdict::not_visible)
        return fmt::format("{} is not ranked: {}", subject, metric.reason);
    if (!metric.scale)
        return fmt::format("{} is undecided: {}: {}", subject, metric.name, metric.reason);
    const std::string undecided = metric.verdict == Verdict::inconclusive
                                      ? fmt::format(" is undecided, {}:", metric.reason)
                                      : "";
    if (*metric.scale == "difference")
        return fmt::format("{}{} {}", subject, undecided.empty() ? ":" : undecided,
                           difference_text(metric));
    return ratio_sentence(subject, undecided, baseline, metric);
}

std::string tell(const ComparedArm& arm) {
    const std::string subject =
        arm.after_label == arm.arm ? arm.label : arm.label + " " + arm.after_label;
    if (arm.verdict == Verdict::invalid)
        return fmt::format("{} is invalid ({})", subject, arm.reasons.at(0));
    const ComparedMetric* metric = telling_metric(arm);
    return metric ? tell_metric(subject, arm.before_label, *metric)
                  : fmt::format("{} has no metrics", subject);
}

/// Urgent verdicts in the order of the table, then all others as they come.
size_t urgency(const ComparedArm& arm) {
    const VerdictRow& row = verdict_row(arm.verdict);
    return row.urgent ? static_cast<size_t>(&row - verdict_table().data()) : verdict_table().size();
}

}  // namespace

std::string ratio_text(const ComparedMetric& metric) {
    const double ratio = metric.ratio.value();
    if (!metric.ci_low) return fmt::format("{:.2f}x", ratio);
    const double low = *metric.ci_low, high = metric.ci_high.value();
    int digits = 2;
    while (digits < 4 && high - low < 1.5 * std::pow(10, -digits)) digits++;
    return fmt::format("{:.{}f}x ({:.{}f} to {:.{}f})", ratio, digits, low, digits, high, digits);
}

std::string headline(const std::vector<ComparedArm>& comparisons) {
    std::vector<const ComparedArm*> order;
    for (const ComparedArm& arm : comparisons) order.push_back(&arm);
    std::stable_sort(order.begin(), order.end(), [](const ComparedArm* a, const ComparedArm* b) {
        return urgency(*a) < urgency(*b);
    });
    std::string text;
    for (size_t i = 0; i < std::min(order.size(), kMostTold); i++)
        text += (i ? "; " : "") + tell(*order[i]);
    if (order.size() > kMostTold) text += fmt::format("; and {} more", order.size() - kMostTold);
    return text.empty() ? "There is nothing to compare." : text + ".";
}

}  // namespace rxlab
