// SPDX-License-Identifier: GPL-2.0
#include "profile/thresholds.h"

#include "profile/test_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Names of what is abnormal, in the document's order.
std::vector<std::string> abnormal(const Json& document) {
    std::vector<std::string> names;
    for (const Json& row : document.at("thresholds"))
        if (row.at("abnormal").get<bool>()) names.push_back(row.at("name"));
    return names;
}

std::vector<std::string> abnormal(const Recorded& recorded) {
    return abnormal(profile_document(recorded));
}

const Threshold& threshold(const std::string& name) {
    return *std::find_if(kThresholds, kThresholds + kThresholdCount,
                         [&](const Threshold& row) { return name == row.name; });
}

TEST(Thresholds, a_sound_machine_has_a_value_for_each_that_applies_and_none_is_abnormal) {
    const Json document = profile_document(sound());
    EXPECT_THAT(abnormal(document), IsEmpty());
    for (const Json& row : document.at("thresholds"))
        if (row.at("name") != "redundant_steering")
            EXPECT_FALSE(row.at("value").is_null()) << row.at("name");
}

TEST(Thresholds, each_is_shown_by_what_it_is_for_and_by_nothing_else) {
    ASSERT_EQ(std::size(kSicknesses), kThresholdCount) << "one more threshold, one more sickness";
    for (const Sickness& sickness : kSicknesses) {
        Recorded recorded = sound();
        sickness.make(recorded);
        EXPECT_THAT(abnormal(recorded), ElementsAre(sickness.threshold));
    }
}

TEST(Thresholds, what_was_not_recorded_is_not_judged) {
    Recorded empty;
    empty.subject = {{"kind", "interface"}, {"name", "eth0"}};
    const Json document = profile_document(empty);
    EXPECT_THAT(abnormal(document), IsEmpty());
    for (const Json& row : document.at("thresholds"))
        EXPECT_TRUE(row.at("value").is_null()) << row.at("name");
}

/// Whatever part is missing, the others are judged as they were.
TEST(Thresholds, a_part_that_is_left_out_changes_no_other_part_s_judgement) {
    const Json curves = sound_curves();
    for (const auto& [name, curve] : curves.items()) {
        Recorded recorded = sound();
        recorded.curves.erase(name);
        EXPECT_THAT(abnormal(recorded), IsEmpty()) << "without " << name;
    }
    for (const auto& [name, metric] : sound().values) {
        Recorded recorded = sound();
        recorded.values.erase(name);
        EXPECT_THAT(abnormal(recorded), IsEmpty()) << "without " << name;
    }
}

TEST(Thresholds, losses_come_before_load_and_the_worst_of_a_concern_first) {
    Recorded recorded = sound();
    recorded.values["softnet.time_squeeze"].value = 2e3;  // twice its limit
    recorded.values["napi.exhausted_polls"].value = 5e4;  // five times
    recorded.values["link.rx_missed_errors"].value = 1;
    EXPECT_THAT(abnormal(recorded), ElementsAre("ring_overruns", "exhausted_polls", "squeezes"));
}

TEST(Thresholds, instructions_are_not_set_against_nanoseconds) {
    Recorded recorded = sound();
    for (const char* table : {"softirq.cpus", "threads", "napi.cpus"})
        recorded.curves[table]["unit"] = "instructions";
    recorded.curves["softirq.cpus"]["rows"] = rows({received(0, 0.9)});
    recorded.values["softirq.net_rx.raise_to_entry.p99"].value = 3e6;
    recorded.values["wakeup.ksoftirqd.p99"] = {3e6, "instructions", "lower"};
    EXPECT_THAT(abnormal(recorded), IsEmpty());
}

TEST(Thresholds, a_driver_s_own_counter_tells_an_overrun_too) {
    for (const char* counter : {"driver.rx_no_buffer_count", "driver.rx_queue_3_drops",
                                "driver.rx_missed", "driver.rx_out_of_buffer"}) {
        Recorded recorded = sound();
        recorded.values[counter] = {4, "", "none"};
        EXPECT_THAT(abnormal(recorded), ElementsAre("ring_overruns")) << counter;
    }
    Recorded recorded = sound();
    recorded.values["driver.rx_queue_0_xdp_drops"] = {4, "", "none"};
    EXPECT_THAT(abnormal(recorded), IsEmpty()) << "a program drops on purpose";
}

TEST(Thresholds, one_queue_is_set_against_all_cpus_and_several_against_themselves) {
    Recorded recorded = sound();
    recorded.curves["softirq.cpus"]["rows"] = rows({received(0, 0.3)});
    Json& queues = recorded.curves["placement.queues"]["rows"];
    queues = rows({Json{{"interface", "eth0"}, {"queue", "rx-0"}, {"steered_to", ""}}});
    recorded.curves["irq.lines"]["rows"] = rows({line_of("24", 0, 5000)});
    const Json document = profile_document(recorded);
    EXPECT_EQ(threshold("imbalance").evidence(ProfileView(document)), 4.0) << "of four CPUs, one";
}

TEST(Thresholds, what_others_received_is_not_laid_to_the_interface) {
    Recorded recorded = sound();
    recorded.curves["softirq.cpus"]["rows"] = rows({received(0, 0.5), received(2, 0.1)});
    EXPECT_THAT(abnormal(recorded), ElementsAre("imbalance"));
    recorded.values["interface.rx_packets"].value = 1e4;  // of a million that were polled
    recorded.values["link.rx_dropped"].value = 0;
    EXPECT_THAT(abnormal(recorded), IsEmpty());
}

TEST(Thresholds, a_limit_itself_is_not_abnormal) {
    for (size_t i = 0; i < kThresholdCount; i++) {
        const Threshold& row = kThresholds[i];
        EXPECT_FALSE(is_abnormal(row, row.limit)) << row.name;
        const double beyond = row.abnormal == Threshold::above ? row.limit + 1 : row.limit - 1;
        EXPECT_TRUE(is_abnormal(row, beyond)) << row.name;
        EXPECT_GE(excess(row, beyond), 1) << row.name;
    }
}

TEST(Thresholds, each_says_what_why_and_whence) {
    std::set<std::string> names;
    for (size_t i = 0; i < kThresholdCount; i++) {
        const Threshold& row = kThresholds[i];
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        for (const char* text : {row.what, row.unit, row.why, row.source})
            EXPECT_STRNE(text, "") << row.name;
    }
}

}  // namespace
}  // namespace rxlab
