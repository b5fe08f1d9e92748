// SPDX-License-Identifier: GPL-2.0
#include "campaign/race.h"

#include "base/error.h"
#include "campaign/campaign.h"
#include "campaign/fake_executor.h"
#include "campaign/replay.h"
#include "campaign/strategy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr const char* kCost = "instructions_per_packet";

std::string point(int i) {
    return fmt::format("point-{:03}", i);
}

/// "now" and so many points.
Experiment points(int count) {
    std::vector<std::string> arms{"now"};
    for (int i = 0; i < count; i++) arms.push_back(point(i));
    Experiment experiment = test_experiment(arms);
    experiment.rounds.boot_seeds = 8;
    return experiment;
}

Plan plan_of(const Experiment& experiment) {
    Plan plan = make_plan(experiment, {.full = true});
    plan.looks.clear();
    return plan;
}

/// What a whole race leads to.
struct Raced {
    Result result;
    Standings standings;
};
Raced raced(const Experiment& experiment, const Reading& reading, const Json& race) {
    FakeExecutor executor(reading);
    Result result =
        run_campaign({.experiment = experiment, .plan = plan_of(experiment)},
                     *make_strategy("racing", race), executor, [](const CampaignEvent&) {});
    Standings end = standings(result, race_from(race));
    return {std::move(result), std::move(end)};
}

Observation* find(Result& result, const std::string& arm, int round) {
    for (Observation& observation : result.observations)
        if (observation.trial.arm == arm && observation.trial.round == round) return &observation;
    return nullptr;
}

TEST(Race, gives_most_trials_to_those_that_may_win) {
    const Raced race =
        raced(points(9), [](const std::string& arm, int) { return arm == point(4) ? 90 : 100; },
              {{"metric", kCost}});
    ASSERT_TRUE(race.standings.winner());
    EXPECT_EQ(race.standings.winner()->arm, point(4));
    EXPECT_DOUBLE_EQ(*race.standings.winner()->ratio(), 0.9);
    EXPECT_EQ(race.standings.winner()->rounds, 2);
    EXPECT_THAT(race.result.observations, SizeIs(10 + 4)) << "nine and three, and the baseline";
    EXPECT_EQ(most_trials({9, 1, 8}, {kCost}), 14u);
    EXPECT_EQ(most_trials({200, 1, 8}, {kCost}), 201u + 68 + 2 * 24 + 4 * 9);
    EXPECT_EQ(most_trials({200, 1, 2}, {kCost}), 201u + 68) << "no more rounds than there are";
}

TEST(Race, has_no_ratio_to_a_baseline_that_is_not_above_0) {
    const Raced race =
        raced(points(2), [](const std::string& arm, int) { return arm == point(1) ? 5 : 0; },
              {{"metric", kCost}});
    EXPECT_EQ(race.standings.winner()->arm, point(0));
    EXPECT_FALSE(race.standings.winner()->ratio());
}

TEST(Race, among_equals_the_first_is_left) {
    const Raced race =
        raced(points(5), [](const std::string&, int) { return 100; }, {{"metric", kCost}});
    EXPECT_EQ(race.standings.winner()->arm, point(0));
    EXPECT_EQ(race.standings.winner()->ratio(), 1);
}

TEST(Race, more_may_be_better) {
    Experiment experiment = points(4);
    const Raced race =
        raced(experiment, [](const std::string& arm, int) { return arm == point(2) ? 1 : 2; },
              {{"metric", kCost}});
    Result turned = race.result;
    for (Observation& observation : turned.observations)
        observation.metrics["packets_per_second"] = observation.metrics[kCost];
    EXPECT_EQ(race.standings.winner()->arm, point(2));
    EXPECT_NE(standings(turned, race_from({{"metric", "packets_per_second"}})).arms.front().arm,
              point(2));
}

TEST(Race, one_whose_check_failed_cannot_win_and_says_why) {
    const Experiment experiment = points(2);
    Result result = test_result(
        experiment, [](const std::string& arm, int) { return arm == point(1) ? 50 : 100; });
    result.plan = plan_of(experiment);
    find(result, point(1), 0)->checks["conservation"] = {false, "3 frames are lost"};
    const Standings end = standings(result, race_from({{"metric", kCost}}));
    EXPECT_EQ(end.winner()->arm, point(0));
    EXPECT_THAT(end.arms.back().fault, HasSubstr("3 frames are lost"));
}

TEST(Race, nobody_wins_where_every_check_failed) {
    const Experiment experiment = points(2);
    Result result = test_result(experiment, [](const std::string&, int) { return 100; });
    for (Observation& observation : result.observations)
        if (observation.trial.arm != "now") observation.checks["conservation"] = {false, "lost"};
    const Standings end = standings(result, race_from({{"metric", kCost}}));
    EXPECT_THAT(end.running, IsEmpty());
    EXPECT_EQ(end.winner(), nullptr);
}

TEST(Race, is_of_no_use_where_the_baseline_s_check_failed) {
    Result result = test_result(points(2), [](const std::string&, int) { return 100; });
    find(result, "now", 0)->checks["conservation"] = {false, "lost"};
    EXPECT_THROW(standings(result, race_from({{"metric", kCost}})), Error);
}

TEST(Race, a_guard_keeps_out_what_costs_elsewhere) {
    Result result = test_result(
        points(2), [](const std::string& arm, int) { return arm == point(1) ? 50 : 100; });
    for (Observation& observation : result.observations)
        observation.metrics["lost_fraction"] = {observation.trial.arm == point(1) ? 0.2 : 0.0, "",
                                                "lower"};
    const Json guards{{"lost_fraction", 1.0}};
    const Standings end = standings(result, race_from({{"metric", kCost}, {"guards", guards}}));
    EXPECT_EQ(end.winner()->arm, point(0));
    EXPECT_EQ(end.arms.back().fault, "lost_fraction is 0.2, more than 0 (the baseline has 0)");
}

TEST(Race, a_metric_that_nobody_has_is_told) {
    Result result = test_result(points(2), [](const std::string&, int) { return 100; });
    try {
        standings(result, race_from({{"metric", "ns_per_packet"}}));
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("has the metric ns_per_packet"));
    }
}

/// Eight rounds of so many points, each with two costs; "now" has (100, 100).
Result with_two_costs(const std::vector<std::pair<double, double>>& costs) {
    const Experiment experiment = points(static_cast<int>(costs.size()));
    const auto of = [&](const std::string& arm) {
        return arm == "now" ? std::pair(100.0, 100.0) : costs[std::stoul(arm.substr(6))];
    };
    Result result =
        test_result(experiment, [&](const std::string& arm, int) { return of(arm).first; });
    for (Observation& observation : result.observations)
        observation.metrics["ns_per_packet"] = {of(observation.trial.arm).second, "", "lower"};
    return result;
}

const Json kOfTwo{{"metric", kCost}, {"against", "ns_per_packet"}};

std::vector<std::string> front_of(const Standings& end) {
    std::vector<std::string> front;
    for (const Standing& standing : end.arms)
        if (standing.on_front) front.push_back(standing.arm);
    return front;
}

TEST(Race, of_two_metrics_ends_with_their_front) {
    std::vector<std::pair<double, double>> costs{{50, 130}, {70, 90}, {90, 80}};
    for (int i = 3; i < 30; i++) costs.emplace_back(91 + i, 140 + i);
    const Result all = with_two_costs(costs);
    const Standings end =
        standings(replayed(all, *make_strategy("racing", kOfTwo)), race_from(kOfTwo));
    EXPECT_THAT(end.running, IsEmpty());
    EXPECT_THAT(front_of(end), UnorderedElementsAre(point(0), point(1), point(2)));
    EXPECT_EQ(end.arms.front().rounds, 8) << "it is judged by all rounds";
    EXPECT_EQ(end.arms.front().against, 130);
    EXPECT_DOUBLE_EQ(*end.arms.front().against_ratio(), 1.3);
    EXPECT_LE(replayed(all, *make_strategy("racing", kOfTwo)).observations.size(),
              most_trials({30, 1, 8}, race_from(kOfTwo)));
}

TEST(Race, of_two_metrics_has_no_point_that_is_no_better_than_the_baseline) {
    EXPECT_THAT(front_of(standings(with_two_costs({{100, 100}, {110, 120}}), race_from(kOfTwo))),
                IsEmpty());
    EXPECT_THAT(front_of(standings(with_two_costs({{100, 99}, {110, 100}}), race_from(kOfTwo))),
                ElementsAre(point(0)));
}

TEST(Race, of_two_metrics_names_no_more_points_than_a_person_chooses_from) {
    std::vector<std::pair<double, double>> costs;
    for (int i = 0; i < 20; i++) costs.emplace_back(10 + i, 90 - i);
    const std::vector<std::string> front = front_of(standings(
        with_two_costs(costs),
        race_from({{"metric", kCost}, {"against", "ns_per_packet"}, {"heat_rounds", 8}})));
    EXPECT_THAT(front, SizeIs(kMostOnFront));
    EXPECT_THAT(front, IsSupersetOf({point(0), point(19)})) << "its ends";
}

TEST(Race, refuses_parameters_that_are_none) {
    for (const char* wrong :
         {R"({})", R"({"metric": 3})", R"({"metric": "packets_sent"})",
          R"({"metric": "instructions_per_packet", "heat_rounds": 0})",
          R"({"metric": "instructions_per_packet", "guards": {"lost_fraction": -1}})",
          R"({"metric": "instructions_per_packet", "guards": {"packets_sent": 1}})",
          R"({"metric": "no_such_metric_at_all"})",
          R"({"metric": "instructions_per_packet", "against": "packets_sent"})",
          R"({"metric": "instructions_per_packet", "against": "instructions_per_packet"})"})
        EXPECT_THROW(race_from(Json::parse(wrong)), Error) << wrong;
}

TEST(Race, has_as_many_rounds_in_its_first_heat_as_the_trials_allow) {
    const RaceSize size{200, 1, 8};
    const size_t least = most_trials(size, {kCost});
    EXPECT_EQ(race_within(least, size, {kCost}).heat_rounds, 1);
    EXPECT_EQ(race_within(size.all() - 1, size, {kCost}).heat_rounds, 7);
    EXPECT_EQ(race_within(size.all(), size, {kCost}).heat_rounds, 8) << "all points in all rounds";
    EXPECT_THROW(race_within(least - 1, size, {kCost}), Error);
}

}  // namespace
}  // namespace rxlab
