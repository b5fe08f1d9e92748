// SPDX-License-Identifier: GPL-2.0
#include "profile/advice.h"

#include "profile/recorded.h"
#include "profile/rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>

namespace rxlab {
namespace {

constexpr const char* kPrefix = "advice-";
constexpr std::string_view kNetPrefix = "net.";

bool is_of(const Rule& rule, const std::string& finding) {
    return std::any_of(rule.findings.begin(), rule.findings.end(),
                       [&](const char* name) { return name && finding == name; });
}

// ---- the experiment

/// Frames through a pair of interfaces, where the user's own can stand (--interface). A device with
/// interrupts of its own is hardware, and pktgen's frames get through any.
Json on_a_pair(const ProfileView& profile) {
    const bool hardware = !profile.rows("placement.irqs").empty();
    Json traffic{{"kind", hardware ? "pktgen" : "live_frames"},
                 {"packets", 1'000'000},
                 {"warmup_packets", 64'000},
                 {"packet_size", 60},
                 {"udp_dst_port", 9}};
    return {{"lanes", {"timed"}},
            {"mechanism", {"parallelism", "latency", "instructions"}},
            {"topology", {{"kind", "veth"}}},
            {"traffic", traffic},
            {"collectors", {"softnet", "interface", "proc_softirqs", "softirq", "napi"}},
            {"primary", {"ns_per_packet", "lost_fraction"}},
            {"rounds", {{"timed", 10}, {"timed_max", 40}}}};
}

/// What needs the generator's own cost, which another arm would measure, is taken whole.
Json without_net(Json primary) {
    for (Json& name : primary)
        if (const std::string text = name; text.starts_with(kNetPrefix))
            name = text.substr(kNetPrefix.size());
    return primary;
}

Json of_trial(const ProfileView& profile) {
    Json document = profile.subject().at("experiment");
    document["primary"] = without_net(document.at("primary"));
    return document;
}

Json arm_json(const ProfileView& profile, const std::string& name, const std::string& summary) {
    Json arm{{"name", name}, {"summary", summary}};
    const Json expect = profile.subject().value("expect", Json::array());
    if (!expect.empty()) arm["expect"] = expect;
    return arm;
}

Json arms_json(const ProfileView& profile, const AdvisedArms& arms) {
    Json all = Json::array();
    all.push_back(
        arm_json(profile, profile.subject().value("arm", "as-it-is"), "as the profile found it"));
    all.back()["baseline"] = true;
    for (const AdvisedArm& arm : arms) {
        all.push_back(arm_json(profile, arm.name, arm.summary));
        all.back()["knobs"] = arm.knobs;
    }
    return all;
}

std::string description_of(const Json& subject, const Json& finding, const Rule& rule) {
    return fmt::format("Of a profile of {}: {} is {:.4g} ({} {:.4g} is abnormal). Suspicion: {}.",
                       subject.at("name").get<std::string>(), finding.at("what").get<std::string>(),
                       finding.at("value").get<double>(),
                       finding.at("abnormal_is").get<std::string>(),
                       finding.at("limit").get<double>(), rule.suspicion);
}

Json experiment_for(const ProfileView& profile, const Json& finding, const Rule& rule,
                    const AdvisedArms& arms) {
    Json document =
        profile.subject().at("kind") == "trial" ? of_trial(profile) : on_a_pair(profile);
    document["name"] = std::string(kPrefix) + rule.name;
    document["question"] = rule.question;
    document["description"] = description_of(profile.subject(), finding, rule);
    document["arms"] = arms_json(profile, arms);
    return document;
}

// ---- advice

/// The name as settings of the profiled machine have it: without the receiver's namespace, and with
/// its name.
std::string here(const ProfileView& profile, std::string knob) {
    constexpr std::string_view kNamespace = "@dut:", kReceiver = "@dut";
    if (const size_t at = knob.find(kNamespace); at != knob.npos) knob.erase(at, kNamespace.size());
    const std::vector<std::string> names = profile.interfaces();
    if (const size_t at = knob.find(kReceiver); at != knob.npos && names.size() == 1)
        knob.replace(at, kReceiver.size(), names.front());
    return knob;
}

Json knobs_of(const ProfileView& profile, const AdvisedArms& arms) {
    Json knobs = Json::object();
    for (const AdvisedArm& arm : arms)
        for (const auto& [knob, value] : arm.knobs.items()) {
            const auto now = profile.setting(here(profile, knob));
            Json& row = knobs[knob];
            row["now"] = now ? Json(*now) : Json();
            row["try"].push_back(value);
        }
    return knobs;
}

void append_advice(const ProfileView& profile, const Json& finding, std::vector<Advice>& all) {
    for (size_t i = 0; i < kRuleCount; i++) {
        const Rule& rule = kRules[i];
        const bool said = std::any_of(all.begin(), all.end(),
                                      [&](const Advice& one) { return one.name == rule.name; });
        if (said || !is_of(rule, finding.at("name"))) continue;
        const AdvisedArms arms = rule.arms(profile);
        if (arms.empty()) continue;
        all.push_back({rule.name, finding, rule.suspicion, rule.reason, rule.source,
                       knobs_of(profile, arms), experiment_for(profile, finding, rule, arms)});
    }
}

std::string text_of_value(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string knob_in_words(const std::string& knob, const Json& row) {
    std::vector<std::string> values;
    for (const Json& value : row.at("try")) values.push_back(text_of_value(value));
    return fmt::format(
        "    {}: {}{}", knob, fmt::join(values, ", "),
        row.at("now").is_null() ? "" : fmt::format(" (now {})", row.at("now").get<std::string>()));
}

/// Findings that no rule spoke of.
std::vector<std::string> unadvised(const Json& document, const std::vector<Advice>& all) {
    std::vector<std::string> names;
    for (const Json& row : document.at("thresholds")) {
        const std::string name = row.at("name");
        const bool said = std::any_of(all.begin(), all.end(), [&](const Advice& one) {
            return std::any_of(kRules, kRules + kRuleCount, [&](const Rule& rule) {
                return one.name == rule.name && is_of(rule, name);
            });
        });
        if (row.at("abnormal").get<bool>() && !said) names.push_back(row.at("what"));
    }
    return names;
}

}  // namespace

std::vector<Advice> advice_of(const Json& document) {
    const ProfileView profile(document);
    std::vector<Advice> all;
    for (const Json& row : document.at("thresholds"))
        if (row.at("abnormal").get<bool>()) append_advice(profile, row, all);
    return all;
}

Json to_json(const Advice& advice) {
    return {{"name", advice.name},
            {"finding", advice.finding},
            {"suspicion", advice.suspicion},
            {"reason", advice.reason},
            {"source", advice.source},
            {"knobs", advice.knobs},
            {"experiment", advice.experiment}};
}

std::vector<std::string> advice_in_words(const Json& document, const std::vector<Advice>& all,
                                         const std::vector<std::string>& files) {
    std::vector<std::string> lines;
    for (size_t i = 0; i < all.size(); i++) {
        const Advice& one = all[i];
        lines.push_back(
            fmt::format("{}: {}: {}", one.name, one.finding.at("what").get<std::string>(),
                        threshold_value(one.finding.at("value"), one.finding.at("unit"))));
        lines.push_back("  suspicion: " + one.suspicion);
        lines.emplace_back("  to try:");
        for (const auto& [knob, row] : one.knobs.items()) lines.push_back(knob_in_words(knob, row));
        lines.push_back(fmt::format("  why: {} ({})", one.reason, one.source));
        lines.push_back("  to prove it: " + files.at(i));
    }
    const auto others = unadvised(document, all);
    if (all.empty()) lines.emplace_back("nothing to advise");
    for (const std::string& what : others)
        lines.push_back(
            fmt::format("abnormal, and no setting to try is known for it here: {}", what));
    return lines;
}

std::vector<std::string> advised_names() {
    std::vector<std::string> names;
    for (size_t i = 0; i < kRuleCount; i++) names.push_back(std::string(kPrefix) + kRules[i].name);
    return names;
}

}  // namespace rxlab
