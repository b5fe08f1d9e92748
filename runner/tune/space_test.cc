// SPDX-License-Identifier: GPL-2.0
#include "tune/space.h"

#include "base/error.h"
#include "experiment/resolve.h"
#include "experiment/test_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* kSpace = R"({
    "name": "two",
    "summary": "two knobs",  // comments are fine
    "knobs": {"/knobs/sysctl:net.core.netdev_budget": [64, 300, 600], "/traffic/packets": [10, 20]},
    "exclude": [{"/knobs/sysctl:net.core.netdev_budget": [300, 600], "/traffic/packets": 20}],
    "guards": {"lost_fraction": 1}
})";

Space space() {
    return parse_space(kSpace, "two.json");
}

std::string message_of(const std::string& text) {
    try {
        points_of(parse_space(text, "x.json"));
    } catch (const Error& error) {
        return error.what();
    }
    return "valid";
}

TEST(Space, has_every_point_that_is_not_excluded) {
    const std::vector<Point> points = points_of(space());
    EXPECT_THAT(points, ElementsAre(Point{64, 10}, Point{64, 20}, Point{300, 10}, Point{600, 10}));
    EXPECT_EQ(words_of(space(), points[2]), "sysctl:net.core.netdev_budget 300, packets 10");
    EXPECT_EQ(arm_name(7), "point-007");
}

TEST(Space, refuses_what_is_none_by_its_place) {
    EXPECT_THAT(message_of(R"({"name": "x", "knobs": {"/topolgy/a": [1, 2]}})"),
                HasSubstr("x.json:1:"));
    EXPECT_THAT(message_of(R"({"name": "x", "knobs": {"/topology/a": [1]}})"), HasSubstr("1:40"));
    EXPECT_THAT(message_of(R"({"name": "x", "knobs": {"/topology/a": [1, 1]}})"),
                HasSubstr("x.json:1:"));
    EXPECT_THAT(message_of(R"({"name": "x", "knobs": {}})"), HasSubstr("expected a knob"));
    EXPECT_THAT(message_of(R"({"name": "x", "knobs": {"/topology/a~2": [1, 2]}})"),
                HasSubstr("expected a JSON pointer"));
    EXPECT_THAT(message_of(R"({"name": "x", "knobs": {"/topology/a": [1, 2],
                                                      "/topology/a/b": [1, 2]}})"),
                HasSubstr("expected a place that is not in /topology/a"));
    EXPECT_THAT(message_of(R"({"name": "x", "knobs": {"/topology/a": [1, 2]},
                               "exclude": [{"/topology/b": 1}]})"),
                HasSubstr("expected a knob of this space (/topology/a)"));
    EXPECT_THAT(message_of(R"({"name": "x", "knobs": {"/topology/a": [1, 2]},
                               "exclude": [{"/topology/a": 3}]})"),
                HasSubstr("expected a value that /topology/a has"));
    EXPECT_THAT(message_of(R"({"name": "x", "knobs": {"/topology/a": [1, 2]},
                               "exclude": [{"/topology/a": [1, 2]}]})"),
                HasSubstr("every point is excluded"));
    EXPECT_THAT(message_of(R"({"name": "x", "knobs": {"/topology/a": [1, 2]},
                               "guards": {"lost_fraction": 0}})"),
                HasSubstr("x.json:"));
    EXPECT_THAT(message_of("{"), HasSubstr("x.json:1:"));
    EXPECT_THAT(message_of("[]"), HasSubstr("x.json:1:1"));
}

TEST(Space, may_look_for_the_front_of_two_metrics) {
    const auto with = [](const std::string& objective) {
        return R"({"name": "x", "knobs": {"/topology/a": [1, 2]}, "objective": )" + objective + "}";
    };
    EXPECT_THAT(
        parse_space(with(R"({"pareto": ["ns_per_packet", "frame_age.p99"]})"), "x.json").pareto,
        ElementsAre("ns_per_packet", "frame_age.p99"));
    EXPECT_THAT(space().pareto, SizeIs(0));
    EXPECT_THAT(message_of(with(R"({"pareto": ["ns_per_packet", "packets_sent"]})")),
                HasSubstr("expected a metric of which less or more is better, got 'packets_sent'"));
    EXPECT_THAT(message_of(with(R"({"pareto": ["ns_per_packet"]})")), HasSubstr("x.json:1:"));
    EXPECT_THAT(message_of(with(R"({"pareto": ["ns_per_packet", "ns_per_packet"]})")),
                HasSubstr("x.json:1:"));
    EXPECT_THAT(message_of(with("{}")), HasSubstr("x.json:1:"));
}

TEST(Space, a_knob_has_as_many_of_its_last_words_as_tell_it_apart) {
    const Space named = parse_space(R"({"name": "x", "knobs": {
        "/topology/usecs": [1, 2], "/traffic/usecs": [1, 2], "/setup/xdp/mode": [1, 2]}})",
                                    "x.json");
    std::vector<std::string> names;
    for (const SpaceKnob& knob : named.knobs) names.push_back(knob.name);
    EXPECT_THAT(names, ElementsAre("mode", "topology/usecs", "traffic/usecs"));
}

TEST(Space, refuses_more_points_than_can_be_tried) {
    std::string knobs;
    for (char c = 'a'; c <= 'z'; c++)
        knobs += fmt::format("{}\"/topology/{}\": [1, 2]", c == 'a' ? "" : ", ", c);
    EXPECT_THAT(message_of(R"({"name": "x", "knobs": {)" + knobs + "}}"),
                HasSubstr("more than the 4000 points"));
}

Experiment sample(const std::string& arms) {
    const std::string text = R"({
        "name": "sample", "question": "q?", "lanes": ["counted"], "mechanism": ["instructions"],
        "topology": {"kind": "veth", "pairs": 1, "queues": 1},
        "traffic": {"kind": "pktgen", "packets": 100},
        "setup": {"xdp": {"program": "xdp_drop"}},
        "knobs": {"sysctl:net.core.netdev_budget": 100},
        "primary": ["instructions_per_packet"],
        "arms": )" + arms + "}";
    return parse_experiment(text, "sample.json", test::words());
}

Experiment again(const Json& document) {
    return parse_experiment(document.dump(1), document["name"].get<std::string>() + ".json",
                            test::words());
}

TEST(Points, are_arms_over_the_one_they_begin_at) {
    const Experiment experiment = sample(R"([
        {"name": "now", "baseline": true},
        {"name": "bare", "setup": {"xdp": null}, "traffic": {"packets": 50}}])");
    const std::vector<Point> points = points_of(space());
    const Experiment search = again(with_points(experiment, "bare", space(), points, "tune-two"));
    ASSERT_THAT(search.arms, SizeIs(5));
    EXPECT_EQ(search.arms[0].name, "bare");
    EXPECT_TRUE(search.arms[0].baseline);
    const Arm& last = search.arms.back();
    EXPECT_EQ(last.name, "point-003");
    EXPECT_EQ(last.summary, "sysctl:net.core.netdev_budget 600, packets 10");
    EXPECT_EQ(merge_members(search.setup, last.setup), Json::object()) << "as the arm has it";
    EXPECT_EQ(merge_members(search.knobs, last.knobs),
              Json({{"sysctl:net.core.netdev_budget", 600}}));
    EXPECT_EQ(merge_patch(search.traffic, last.traffic)["packets"], 10);
    EXPECT_EQ(merge_patch(search.traffic, search.arms[0].traffic)["packets"], 50);
}

TEST(Points, are_of_an_experiment_without_factors_that_has_the_arm_and_the_place) {
    const Experiment experiment = sample(R"([{"name": "now", "baseline": true}, {"name": "x"}])");
    EXPECT_THROW(with_points(experiment, "nobody", space(), points_of(space()), "t"), Error);
    const Space through =
        parse_space(R"({"name": "x", "knobs": {"/traffic/packets/deep": [1, 2]}})", "x.json");
    EXPECT_THROW(with_points(experiment, "", through, points_of(through), "t"), Error);
    const Experiment listed = sample(
        R"([{"name": "now", "baseline": true, "boot": {"devices": ["e1000"]}}, {"name": "x"}])");
    for (const char* beyond : {"1", "4000000000", "-"}) {
        const Space space_beyond = parse_space(
            fmt::format(R"({{"name": "x", "knobs": {{"/boot/devices/{}": ["e1000", "x"]}}}})",
                        beyond),
            "x.json");
        EXPECT_THROW(with_points(listed, "", space_beyond, points_of(space_beyond), "t"), Error);
    }
    Experiment with_factor = experiment;
    with_factor.factors = {{"case", {1, 2}}};
    EXPECT_THROW(with_points(with_factor, "", space(), points_of(space()), "t"), Error);
}

}  // namespace
}  // namespace rxlab
