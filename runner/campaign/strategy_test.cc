// SPDX-License-Identifier: GPL-2.0
#include "campaign/strategy.h"

#include "base/error.h"
#include "result/test_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// All observations of a timed run whose ratio jumps about by `spread`.
Result timed(double spread, int rounds, int least = 10) {
    Experiment experiment = test_experiment({"plain", "native"});
    experiment.primary = {"ns_per_packet"};
    experiment.rounds.timed = least;
    Result result = test_result(
        experiment, [](const std::string&, int) { return 1; }, Lane::timed, rounds);
    for (Observation& observation : result.observations) {
        const bool up = observation.trial.round % 2 && observation.trial.arm == "native";
        observation.metrics["ns_per_packet"] = {100 * (up ? 1 + spread : 1 - spread), "ns/packet",
                                                "lower"};
    }
    return result;
}

/// The same run when only the trials before `seen` have ended.
Result cut(Result result, size_t seen) {
    result.observations.resize(seen);
    return result;
}

std::vector<int> ids(const std::vector<Trial>& trials) {
    std::vector<int> out;
    for (const Trial& trial : trials) out.push_back(trial.id);
    return out;
}

std::vector<int> next(const char* strategy, const Result& so_far,
                      const Json& parameters = Json::object()) {
    return ids(make_strategy(strategy, parameters)->next(so_far));
}

constexpr double kNarrow = 0.001, kWide = 0.2;

TEST(Strategies, are_found_by_name_or_by_the_nearest) {
    for (size_t i = 0; i < kStrategyCount; i++) EXPECT_STRNE(kStrategies[i].summary, "");
    try {
        make_strategy("whole_plam");
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "no strategy 'whole_plam'");
        EXPECT_EQ(error.next(), "did you mean 'whole_plan'?");
    }
}

TEST(WholePlan, asks_for_all_at_once_and_then_for_nothing) {
    EXPECT_THAT(next("whole_plan", cut(timed(kWide, 2), 0)), ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(next("whole_plan", timed(kWide, 2)), IsEmpty());
}

TEST(WholePlan, leaves_out_what_was_observed) {
    EXPECT_THAT(next("whole_plan", cut(timed(kWide, 2), 3)), ElementsAre(3));
}

TEST(UntilPrecise, begins_with_the_least_rounds) {
    EXPECT_THAT(next("until_precise", cut(timed(kWide, 4, 2), 0)), ElementsAre(0, 1, 2, 3));
}

TEST(UntilPrecise, goes_on_by_one_round_while_the_intervals_are_wide) {
    EXPECT_THAT(next("until_precise", cut(timed(kWide, 13), 20)), ElementsAre(20, 21));
    EXPECT_THAT(next("until_precise", cut(timed(kWide, 13), 22)), ElementsAre(22, 23));
}

TEST(UntilPrecise, stops_when_they_are_narrow) {
    EXPECT_THAT(next("until_precise", cut(timed(kNarrow, 13), 20)), IsEmpty());
}

TEST(UntilPrecise, stops_at_the_plans_end) {
    EXPECT_THAT(next("until_precise", timed(kWide, 13)), IsEmpty());
}

TEST(UntilPrecise, ends_a_round_that_was_begun_before_it_decides) {
    EXPECT_THAT(next("until_precise", cut(timed(kNarrow, 13), 21)), ElementsAre(21));
}

TEST(UntilPrecise, asks_again_for_a_trial_that_was_lost_in_the_middle) {
    Result result = cut(timed(kNarrow, 13), 22);
    result.observations.erase(result.observations.begin() + 5);
    EXPECT_THAT(next("until_precise", result), ElementsAre(5));
}

/// A counted run with looks after 3 and 5 rounds, which takes 8 at most.
Result counted(double effect, double spread) {
    Result result = test_result(
        test_experiment({"plain", "native"}),
        [&](const std::string& arm, int round) {
            return 4000 * (arm == "plain" ? 1 : effect * (1 + (round % 2 ? spread : -spread)));
        },
        Lane::counted, 8);
    result.plan.looks = {3, 5};
    return result;
}

TEST(UntilDecided, ends_at_the_first_look_that_decides) {
    EXPECT_THAT(next("until_decided", cut(counted(0.5, 0.001), 0)), ElementsAre(0, 1, 2, 3, 4, 5));
    EXPECT_THAT(next("until_decided", cut(counted(0.5, 0.001), 6)), IsEmpty());
}

TEST(UntilDecided, goes_on_to_the_next_look_where_it_does_not) {
    EXPECT_THAT(next("until_decided", cut(counted(0.995, 0.001), 6)), ElementsAre(6, 7, 8, 9));
    EXPECT_THAT(next("until_decided", cut(counted(0.995, 0.001), 10)), IsEmpty());
    EXPECT_THAT(next("until_decided", cut(counted(1, 0.001), 10)),
                ElementsAre(10, 11, 12, 13, 14, 15));
    EXPECT_THAT(next("until_decided", counted(1, 0.001)), IsEmpty());
}

TEST(UntilDecided, goes_on_with_each_that_is_not_decided_alone) {
    Result result = test_result(
        test_experiment({"plain", "native", "equal"}),
        [](const std::string& arm, int round) {
            return 4000 * (arm == "native" ? 0.5 : 1) + (round % 2 ? 4 : 0);
        },
        Lane::counted, 8);
    result.plan.looks = {3, 5};
    const Result all = result;
    std::erase_if(result.observations, [](const Observation& one) { return one.trial.round >= 3; });
    std::vector<int> others;
    for (const Trial& trial : result.plan.trials)
        if (trial.arm != "native" && (trial.round == 3 || trial.round == 4))
            others.push_back(trial.id);
    EXPECT_EQ(next("until_decided", result, {{"each", true}}), others);
    EXPECT_THAT(next("until_decided", result), testing::SizeIs(6));
    EXPECT_THAT(next("until_decided", all, {{"each", true}}), IsEmpty());
}

/// Whatever was observed beyond a look, by a run with another floor or before an interruption, says
/// nothing there.
TEST(UntilDecided, a_look_sees_its_own_rounds_only) {
    EXPECT_THAT(next("until_decided", cut(counted(0.5, 0.001), 9)), IsEmpty());
    Result result = cut(counted(0.995, 0.001), 10);
    result.observations.erase(result.observations.begin() + 2);
    EXPECT_THAT(next("until_decided", result), ElementsAre(2));
}

TEST(UntilDecided, a_null_floor_takes_part) {
    EXPECT_THAT(next("until_decided", cut(counted(0.9, 0.0001), 6)), IsEmpty());
    EXPECT_THAT(next("until_decided", cut(counted(0.9, 0.0001), 6), {{"floor", 0.1}}),
                ElementsAre(6, 7, 8, 9));
    EXPECT_THROW(make_strategy("until_decided", {{"floor", "much"}}), Error);
}

TEST(SingleTrial, asks_for_that_one_only) {
    EXPECT_THAT(next("single_trial", cut(timed(kWide, 2), 0), {{"trial", 2}}), ElementsAre(2));
    EXPECT_THAT(next("single_trial", timed(kWide, 2), {{"trial", 2}}), IsEmpty());
}

TEST(SingleTrial, refuses_one_that_the_plan_has_not) {
    for (const int id : {-1, 4}) {
        try {
            next("single_trial", timed(kWide, 2), {{"trial", id}});
            FAIL();
        } catch (const Error& error) {
            EXPECT_EQ(error.status(), Status::usage);
            EXPECT_EQ(error.what(), fmt::format("the plan has no trial {}", id));
        }
    }
}

TEST(SingleTrial, needs_to_be_told_which) {
    EXPECT_THROW(make_strategy("single_trial"), Error);
    EXPECT_THROW(make_strategy("single_trial", {{"trial", "one"}}), Error);
}

}  // namespace
}  // namespace rxlab
