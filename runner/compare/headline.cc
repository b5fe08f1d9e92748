// SPDX-License-Identifier: GPL-2.0
#include "compare/headline.h"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <vector>

namespace rxlab {
namespace {

constexpr size_t kMostTold = 4;

/// How a metric is said of an arm: "<arm> needs 0.62x the instructions of <baseline>".
struct Phrase {
    const char* metric;
    const char* verb;
    const char* noun;
};
const Phrase kPhrases[] = {
    {"instructions_per_packet", "needs", "the instructions"},
    {"instructions_per_record", "needs", "the instructions per record"},
    {"ns_per_packet", "takes", "the time per packet"},
    {"ns_per_record", "takes", "the time per record"},
    {"records_per_second", "carries", "the records per second"},
    {"packets_per_second", "carries", "the packets per second"},
};

Phrase phrase_for(const std::string& metric) {
    for (const Phrase& phrase : kPhrases)
        if (metric == phrase.metric) return phrase;
    return {metric.c_str(), "has", metric.c_str()};
}

/// The first primary metric that gave the arm its verdict; else the first that this lane can rank;
/// else the first there is.
const Json* telling_row(const Json& comparison) {
    const Json& rows = comparison["metrics"];
    for (const Json& row : rows)
        if (row["primary"] == true && row["verdict"] == comparison["verdict"]) return &row;
    for (const Json& row : rows)
        if (row["primary"] == true && row["verdict"] != "not_visible") return &row;
    return rows.empty() ? nullptr : &rows.front();
}

std::string difference_text(const Json& row) {
    std::string text = fmt::format("{} is {:g} after {:g}", row["name"].get<std::string>(),
                                   row["after"].get<double>(), row["before"].get<double>());
    if (row["unit"] != "1") text += " " + row["unit"].get<std::string>();
    if (!row["difference_low"].is_null())
        text += fmt::format(" (difference {:g} to {:g})", row["difference_low"].get<double>(),
                            row["difference_high"].get<double>());
    return text;
}

std::string tell_row(const std::string& subject, const std::string& baseline, const Json& row) {
    const std::string verdict = row["verdict"], name = row["name"];
    const Phrase phrase = phrase_for(name);
    if (verdict == "not_visible")
        return fmt::format("{} is not ranked: {}", subject, row["reason"].get<std::string>());
    if (row["scale"].is_null())
        return fmt::format("{} is undecided: {}: {}", subject, name,
                           row["reason"].get<std::string>());
    const std::string undecided =
        verdict == "inconclusive"
            ? fmt::format(" is undecided, {}:", row["reason"].get<std::string>())
            : "";
    if (row["scale"] == "difference")
        return fmt::format("{}{} {}", subject, undecided.empty() ? ":" : undecided,
                           difference_text(row));
    const std::string verb = undecided.empty() ? fmt::format(" {}", phrase.verb) : undecided;
    const std::string ratio = ratio_text(row);
    const size_t end = std::min(ratio.find(' '), ratio.size());
    const std::string same = verdict == "same" ? fmt::format(", the same within {:.2g} %",
                                                             100 * row["delta"].get<double>())
                                               : "";
    return fmt::format("{}{} {} {} of {}{}{}", subject, verb, ratio.substr(0, end), phrase.noun,
                       baseline, ratio.substr(end), same);
}

std::string tell(const Json& comparison) {
    const std::string label = comparison["label"], after = comparison["after_label"];
    const std::string subject = after == comparison["arm"] ? label : label + " " + after;
    if (comparison["verdict"] == "invalid") {
        const std::string reason = comparison["reasons"].at(0);
        return fmt::format("{} is invalid ({})", subject, reason);
    }
    const Json* row = telling_row(comparison);
    return row ? tell_row(subject, comparison["before_label"], *row)
               : fmt::format("{} has no metrics", subject);
}

int urgency(const Json& comparison) {
    const std::string verdict = comparison["verdict"];
    return verdict == "invalid" ? 0 : verdict == "worse" ? 1 : 2;
}

}  // namespace

std::string ratio_text(const Json& row) {
    const double ratio = row["ratio"];
    if (row["ci_low"].is_null()) return fmt::format("{:.2f}x", ratio);
    const double low = row["ci_low"], high = row["ci_high"];
    int digits = 2;
    while (digits < 4 && high - low < 1.5 * std::pow(10, -digits)) digits++;
    return fmt::format("{:.{}f}x ({:.{}f} to {:.{}f})", ratio, digits, low, digits, high, digits);
}

std::string headline(const Json& comparisons) {
    std::vector<const Json*> order;
    for (const Json& comparison : comparisons) order.push_back(&comparison);
    std::stable_sort(order.begin(), order.end(),
                     [](const Json* a, const Json* b) { return urgency(*a) < urgency(*b); });
    std::string text;
    for (size_t i = 0; i < std::min(order.size(), kMostTold); i++)
        text += (i ? "; " : "") + tell(*order[i]);
    if (order.size() > kMostTold) text += fmt::format("; and {} more", order.size() - kMostTold);
    return text.empty() ? "There is nothing to compare." : text + ".";
}

}  // namespace rxlab
