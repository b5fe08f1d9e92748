// SPDX-License-Identifier: GPL-2.0
#include "settings/settings.h"

#include "base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

std::string refusal(const std::string& text) {
    try {
        parse_settings(text, "s.json");
        return "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        return error.what();
    }
}

TEST(Settings, are_knobs_with_values_of_any_plain_kind) {
    const Settings settings = parse_settings(R"({
        // a comment
        "name": "a",
        "knobs": {"sysctl:net.core.netdev_budget": 600, "sched:ksoftirqd/0": "fifo:1"}})",
                                             "s.json");
    EXPECT_THAT(settings.knobs, UnorderedElementsAre(Pair("sysctl:net.core.netdev_budget", "600"),
                                                     Pair("sched:ksoftirqd/0", "fifo:1")));
    EXPECT_EQ(to_json(parse_settings(to_json(settings).dump(), "again")), to_json(settings));
}

TEST(Settings, what_is_wrong_is_told_with_its_place) {
    EXPECT_THAT(
        refusal("{\n\"name\": \"a\",\n\"knobs\": {\"sysclt:x\": 1}}"),
        HasSubstr("s.json:3:11: knob 'sysclt:x': no kind 'sysclt'; did you mean 'sysctl'?"));
    EXPECT_THAT(refusal(R"({"name": "a", "knobs": {"sysctl:../x": 1}})"),
                HasSubstr("'..' is not allowed"));
    EXPECT_THAT(refusal(R"({"name": "A b", "knobs": {"sysctl:x": 1}})"), HasSubstr("lower-case"));
    EXPECT_THAT(refusal(R"({"name": "a", "knobs": {}})"), HasSubstr("s.json:1:"));
    EXPECT_THAT(refusal(R"({"name": "a", "knobs": {"sysctl:x": [1]}})"), HasSubstr("a number"));
    EXPECT_THAT(refusal("{"), HasSubstr("s.json:1:"));
}

TEST(Settings, of_an_arm_lose_its_namespaces) {
    const Settings settings = settings_of("w", "",
                                          {{"sysctl:@dut:net.core.x", 1},
                                           {"sysctl:@gen:net.core.x", 2},
                                           {"ethtool:@dut:@dut/ring/rx", 64},
                                           {"sched:ksoftirqd/0", "rr:3"}});
    EXPECT_THAT(settings.knobs, UnorderedElementsAre(Pair("sysctl:net.core.x", "1"),
                                                     Pair("ethtool:@dut:@dut/ring/rx", "64"),
                                                     Pair("sched:ksoftirqd/0", "rr:3")));
}

TEST(Settings, of_an_experiment_s_interface_are_those_of_the_one_that_is_named) {
    const Settings settings{
        "w", "", {{"ethtool:@dut:@dut/ring/rx", "64"}, {"sysctl:net.core.x", "1"}}};
    EXPECT_THAT(
        for_interface(settings, "enp3s0").knobs,
        UnorderedElementsAre(Pair("ethtool:enp3s0/ring/rx", "64"), Pair("sysctl:net.core.x", "1")));
    EXPECT_THROW(for_interface(settings, ""), Error);
}

}  // namespace
}  // namespace rxlab
