// SPDX-License-Identifier: GPL-2.0
#include "profile/rules.h"

#include "profile/advice.h"
#include "profile/test_profile.h"
#include "profile/thresholds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> advised(const Recorded& recorded) {
    std::vector<std::string> names;
    for (const Advice& one : advice_of(profile_document(recorded))) names.push_back(one.name);
    return names;
}

/// What a sickness gets, of those that a setting may help.
const std::map<std::string, std::vector<std::string>> kRemedies = {
    {"ring_overruns", {"longer-ring"}},
    {"backlog_drops", {"longer-backlog"}},
    {"flow_limit_drops", {"longer-backlog"}},
    {"interface_errors", {}},
    {"interface_drops", {}},
    {"socket_drops", {}},  // of an interface; see below
    {"other_drops", {}},
    {"busiest_receiver", {"spread-by-rps"}},
    {"imbalance", {"spread-by-rps"}},
    {"squeezes", {"larger-budget"}},
    {"exhausted_polls", {}},
    {"ksoftirqd_share", {"spread-by-rps", "threaded-napi"}},
    {"net_rx_wait", {"threaded-napi"}},
    {"thread_wait", {"thread-priority"}},
    {"packets_per_poll", {"coalescing"}},
    {"crowded_lines", {"spread-interrupts"}},
    {"lines_away", {"interrupts-at-home"}},
    {"readers_away", {}},
    {"shared_cores", {"spread-interrupts"}},
    {"redundant_steering", {"no-steering"}},
};

TEST(Rules, a_sound_machine_gets_no_advice) {
    EXPECT_THAT(advised(sound()), IsEmpty());
}

TEST(Rules, each_finding_gets_its_rules_and_no_others) {
    ASSERT_EQ(kRemedies.size(), kThresholdCount);
    for (const Sickness& sickness : kSicknesses) {
        Recorded recorded = sound();
        sickness.make(recorded);
        EXPECT_EQ(advised(recorded), kRemedies.at(sickness.threshold)) << sickness.threshold;
    }
}

TEST(Rules, a_full_socket_is_advised_where_its_reader_can_be_repeated) {
    Recorded recorded = sound();
    recorded.curves["drops"]["rows"] = rows({dropped("socket_rcvbuff", 2e3)});
    recorded.subject = a_trial();
    EXPECT_THAT(advised(recorded), ElementsAre("larger-receive-buffer"));
}

TEST(Rules, a_napi_thread_that_waits_has_another_name_in_the_next_run) {
    Recorded recorded = sound();
    recorded.values["wakeup.napi.count"] = {1e3, "ns", "lower"};
    recorded.values["wakeup.napi.p99"] = {3e6, "ns", "lower"};
    EXPECT_THAT(advised(recorded), IsEmpty());
}

TEST(Rules, an_interface_is_not_turned_for_what_others_received) {
    Recorded recorded = sound();
    recorded.curves["threads"]["rows"] = rows({thread_of("ksoftirqd/0", 0, 1000, 0.3, 1e4)});
    recorded.values["interface.rx_packets"].value = 1e4;  // of a million that were polled
    recorded.values["link.rx_dropped"].value = 0;
    EXPECT_THAT(advised(recorded), IsEmpty());
}

/// Every rule has been driven by what shows it, here or above.
TEST(Rules, there_is_none_that_no_profile_brings_about) {
    std::set<std::string> driven{"larger-receive-buffer"};
    for (const auto& [finding, rules] : kRemedies) driven.insert(rules.begin(), rules.end());
    for (size_t i = 0; i < kRuleCount; i++) EXPECT_THAT(driven, Contains(kRules[i].name));
    EXPECT_EQ(driven.size(), kRuleCount);
}

TEST(Rules, each_is_of_findings_that_there_are_and_says_why_and_whence) {
    std::set<std::string> thresholds;
    for (size_t i = 0; i < kThresholdCount; i++) thresholds.insert(kThresholds[i].name);
    for (size_t i = 0; i < kRuleCount; i++) {
        const Rule& rule = kRules[i];
        for (const char* finding : rule.findings)
            if (finding) EXPECT_THAT(thresholds, Contains(finding)) << rule.name;
        for (const char* text : {rule.suspicion, rule.question, rule.reason, rule.source})
            EXPECT_STRNE(text, "") << rule.name;
    }
}

Json knobs_for(
    const char* threshold, void (*also)(Recorded&) = [](Recorded&) {}) {
    Recorded recorded = sound();
    for (const Sickness& sickness : kSicknesses)
        if (std::string(threshold) == sickness.threshold) sickness.make(recorded);
    also(recorded);
    return advice_of(profile_document(recorded)).at(0).knobs;
}

TEST(Rules, values_begin_at_what_the_setting_is_now) {
    EXPECT_EQ(knobs_for("ring_overruns"),
              Json::parse(R"({"ethtool:@dut:@dut/ring/rx": {"now": "256", "try": [512, 1024]}})"));
    EXPECT_EQ(knobs_for("squeezes"), Json::parse(R"({
        "sysctl:net.core.netdev_budget": {"now": "300", "try": [600, 1200]},
        "sysctl:net.core.netdev_budget_usecs": {"now": "8000", "try": [16000, 32000]}})"));
    EXPECT_EQ(knobs_for("backlog_drops", [](Recorded& r) { r.settings = Json::object(); }),
              Json::parse(R"({"sysctl:net.core.netdev_max_backlog": {"now": null,
                              "try": [2000, 4000]}})"))
        << "the kernel's default where nothing is told";
}

TEST(Rules, several_receivers_are_told_apart_by_name) {
    const Json knobs = knobs_for("ring_overruns", [](Recorded& r) {
        Json& devices = r.curves["placement.devices"]["rows"];
        devices.push_back(Json{{"interface", "eth1"}, {"node", 0}, {"threaded", "0"}});
    });
    EXPECT_EQ(knobs, Json::parse(R"({"ethtool:@dut:eth0/ring/rx": {"now": "256",
                                                                   "try": [512, 1024]}})"));
}

TEST(Rules, a_ring_of_unknown_length_is_left_alone) {
    Recorded recorded = sound();
    recorded.values["link.rx_missed_errors"].value = 7;
    recorded.settings.erase("ethtool:eth0/ring/rx");
    EXPECT_THAT(advised(recorded), IsEmpty());
}

TEST(Rules, rps_goes_to_all_cpus_and_to_all_but_the_interrupted_one) {
    EXPECT_EQ(knobs_for("imbalance"), Json::parse(R"({
        "rps:@dut:@dut/rx-0": {"now": "0", "try": ["f", "e"]},
        "rps:@dut:@dut/rx-1": {"now": "0", "try": ["f", "e"]}})"));
}

TEST(Rules, interrupts_get_one_core_after_the_other) {
    EXPECT_EQ(knobs_for("crowded_lines"), Json::parse(R"({
        "irq:eth0-TxRx-0": {"now": null, "try": ["0"]},
        "irq:eth0-TxRx-1": {"now": null, "try": ["2"]}})"));
    EXPECT_EQ(knobs_for("lines_away"), Json::parse(R"({
        "irq:eth0-TxRx-0": {"now": null, "try": ["0"]},
        "irq:eth0-TxRx-1": {"now": null, "try": ["2"]}})"))
        << "CPU 3 is on the other node";
}

}  // namespace
}  // namespace rxlab
