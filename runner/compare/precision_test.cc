// SPDX-License-Identifier: GPL-2.0
#include "compare/compare.h"

#include "result/test_result.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

Result timed(double spread, int rounds) {
    Experiment experiment = test_experiment({"plain", "native"});
    experiment.primary = {"ns_per_packet", "lost_fraction"};
    Result result = test_result(
        experiment, [](const std::string&, int) { return 1; }, Lane::timed, rounds);
    for (Observation& observation : result.observations) {
        const double sign =
            observation.trial.round % 2 && observation.trial.arm == "native" ? 1 : -1;
        observation.metrics["ns_per_packet"] = {100 * (1 + sign * spread), "ns/packet", "lower"};
        observation.metrics["lost_fraction"] = {0, "1", "lower"};
    }
    return result;
}

TEST(PrimaryPreciseEnough, wants_ten_rounds_and_a_half_width_of_half_delta) {
    EXPECT_TRUE(primary_precise_enough(timed(0.005, 10)));
    EXPECT_FALSE(primary_precise_enough(timed(0.005, 9)));
    EXPECT_FALSE(primary_precise_enough(timed(0.05, 12)));
}

TEST(PrimaryPreciseEnough, is_asked_in_the_timed_lane_only) {
    EXPECT_TRUE(primary_precise_enough(
        test_result(test_experiment({"plain", "native"}),
                    [](const std::string&, int round) { return 1000 * (1 + round); })));
}

/// A great effect in `arms` arms beside the baseline.
Result decided(size_t arms, int rounds) {
    std::vector<std::string> names{"plain"};
    for (size_t i = 0; i < arms; i++) names.push_back(fmt::format("arm{}", i));
    return test_result(
        test_experiment(names),
        [](const std::string& arm, int round) { return (arm == "plain" ? 1000 : 500) + round; },
        Lane::counted, rounds);
}

/// The warning before a run and the verdict after it come from one rule.
TEST(TooFewRounds, warns_where_the_verdict_would_say_so) {
    for (const size_t arms : {1, 2, 6, 12, 25, 32}) {
        int rounds = 1;
        for (;
             !too_few_rounds(decided(arms, rounds).plan, decided(arms, rounds).experiment).empty();
             rounds++) {
            const Comparison comparison = compare(decided(arms, rounds));
            EXPECT_EQ(comparison.verdict, Verdict::inconclusive)
                << arms << " arms, " << rounds << " rounds";
            const ComparedMetric& primary = comparison.comparisons[0].metrics[0];
            EXPECT_EQ(primary.reason, "too few rounds for this confidence");
            EXPECT_GT(primary.least_clusters, static_cast<size_t>(rounds));
        }
        const Comparison comparison = compare(decided(arms, rounds));
        EXPECT_LE(comparison.comparisons[0].metrics[0].least_clusters, static_cast<size_t>(rounds));
        EXPECT_EQ(comparison.verdict, Verdict::better) << arms << " arms, " << rounds << " rounds";
        EXPECT_GE(rounds, 6);
    }
}

TEST(TooFewRounds, counts_factors_and_the_metrics_that_the_lane_ranks) {
    Result result = decided(2, 7);
    EXPECT_EQ(too_few_rounds(result.plan, result.experiment), "");
    result.experiment.primary = {"instructions_per_packet", "ns_per_packet"};
    EXPECT_EQ(too_few_rounds(result.plan, result.experiment), "")
        << "the counted lane ranks one of them";
    result.experiment.factors = {{"n", {1, 2, 3}}};
    const Plan plan = make_plan(result.experiment, {.rounds = 7});
    EXPECT_EQ(too_few_rounds(plan, result.experiment),
              "7 independent rounds decide nothing: 6 primary comparisons share one error of 5 %, "
              "which takes 8 rounds or more");
}

TEST(TooFewRounds, one_of_a_kind_is_said_so) {
    EXPECT_EQ(too_few_rounds(decided(1, 1).plan, decided(1, 1).experiment),
              "1 independent round decides nothing: 1 primary comparison has one error of 5 %, "
              "which takes 6 rounds or more");
}

TEST(TooFewRounds, phases_of_a_boot_seed_are_not_independent) {
    Experiment experiment = test_experiment({"plain", "native"});
    experiment.rounds.boot_seeds = 3;
    experiment.rounds.phases = 4;
    EXPECT_NE(too_few_rounds(make_plan(experiment, {}), experiment), "");
}

TEST(TooFewRounds, a_baseline_alone_needs_none) {
    const Result result = decided(0, 1);
    EXPECT_EQ(too_few_rounds(result.plan, result.experiment), "");
}

}  // namespace
}  // namespace rxlab
