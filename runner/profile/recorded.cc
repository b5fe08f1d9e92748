// SPDX-License-Identifier: GPL-2.0
#include "profile/recorded.h"

#include "profile/thresholds.h"

#include <fmt/format.h>
#include <algorithm>

namespace rxlab {
namespace {

constexpr int kSchemaVersion = 1;

/// A row with what the profile shows of it.
struct Judged {
    const Threshold* threshold;
    std::optional<double> value;
    bool abnormal;
};

std::vector<Judged> judged(const ProfileView& profile) {
    std::vector<Judged> all;
    for (size_t i = 0; i < kThresholdCount; i++) {
        const Threshold& row = kThresholds[i];
        const std::optional<double> value = row.evidence(profile);
        all.push_back({&row, value, value && is_abnormal(row, *value)});
    }
    return all;
}

/// What is abnormal comes first, by concern and then by how far it is beyond its limit; then the
/// rest as the table has it.
bool is_worse(const Judged& a, const Judged& b) {
    if (a.abnormal != b.abnormal) return a.abnormal;
    if (!a.abnormal) return false;
    if (a.threshold->concern != b.threshold->concern)
        return a.threshold->concern < b.threshold->concern;
    return excess(*a.threshold, *a.value) > excess(*b.threshold, *b.value);
}

Json to_json(const Judged& one) {
    const Threshold& row = *one.threshold;
    return {{"name", row.name},
            {"concern", to_string(row.concern)},
            {"what", row.what},
            {"unit", row.unit},
            {"abnormal_is", row.abnormal == Threshold::above ? "above" : "below"},
            {"limit", row.limit},
            {"value", one.value ? Json(*one.value) : Json()},
            {"abnormal", one.abnormal},
            {"why", row.why},
            {"source", row.source}};
}

Json values_json(const Metrics& metrics) {
    Json values = Json::object();
    for (const auto& [name, metric] : metrics)
        values[name] = {{"value", metric.value}, {"unit", metric.unit}};
    return values;
}

std::string finding_in_words(const Json& row) {
    const std::string unit = row.at("unit");
    return fmt::format("  {}: {} ({} {} is abnormal)", row.at("what").get<std::string>(),
                       threshold_value(row.at("value"), unit),
                       row.at("abnormal_is").get<std::string>(),
                       threshold_value(row.at("limit"), unit));
}

}  // namespace

std::string threshold_value(double value, const std::string& unit) {
    if (unit == "ns") return fmt::format("{:.0f} us", value / 1000);
    if (unit == "1") return fmt::format("{:.3g} %", 100 * value);
    return fmt::format("{:.4g} {}", value, unit);
}

Json profile_document(const Recorded& recorded) {
    Json left_out = Json::array();
    for (const LeftOut& one : recorded.left_out)
        left_out.push_back({{"part", one.part}, {"why", one.why}});
    Json document{{"schema_version", kSchemaVersion},
                  {"subject", recorded.subject},
                  {"facts", recorded.facts},
                  {"interrupted", recorded.interrupted},
                  {"left_out", left_out},
                  {"values", values_json(recorded.values)},
                  {"curves", recorded.curves},
                  {"settings", recorded.settings}};
    std::vector<Judged> all = judged(ProfileView(document));
    std::stable_sort(all.begin(), all.end(), is_worse);
    Json thresholds = Json::array();
    for (const Judged& one : all) thresholds.push_back(to_json(one));
    document["thresholds"] = std::move(thresholds);
    return document;
}

std::vector<std::string> profile_in_words(const Json& document) {
    std::vector<std::string> lines;
    size_t judged = 0;
    for (const Json& row : document.at("thresholds")) {
        if (!row.at("value").is_null()) judged++;
        if (row.at("abnormal").get<bool>()) lines.push_back(finding_in_words(row));
    }
    const size_t all = document.at("thresholds").size();
    const std::string against = fmt::format("{} of {} thresholds", judged, all);
    lines.insert(lines.begin(),
                 lines.empty()
                     ? fmt::format("nothing abnormal against {}{}", against,
                                   judged < all ? "; for the others there was too little "
                                                  "to tell, or the part is left out"
                                                : "")
                     : fmt::format("{} abnormal against {}, worst first:", lines.size(), against));
    for (const Json& one : document.at("left_out"))
        lines.push_back(fmt::format("left out: {}: {}", one.at("part").get<std::string>(),
                                    one.at("why").get<std::string>()));
    return lines;
}

}  // namespace rxlab
