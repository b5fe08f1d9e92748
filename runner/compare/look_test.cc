// SPDX-License-Identifier: GPL-2.0
#include "compare/look.h"

#include "compare/compare.h"
#include "compare/table.h"
#include "result/test_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A counted run of eight rounds at most, looked at after three and five, of which `rounds` were
/// made.
Result made(int rounds, double ratio = 0.5) {
    Result result = test_result(
        test_experiment({"plain", "native"}),
        [&](const std::string& arm, int round) {
            return 4000 * (arm == "plain" ? 1 : ratio) + round % 2;
        },
        Lane::counted, 8);
    result.plan.looks = {3, 5};
    return at_look(result, {.rounds = rounds});
}

const ComparedMetric& first_metric(const Comparison& comparison) {
    return comparison.comparisons.at(0).metrics.at(0);
}

}  // namespace

TEST(Look, a_run_stands_at_the_first_that_it_has_not_passed) {
    EXPECT_EQ(look_of(made(0)).rounds, 3);
    EXPECT_EQ(look_of(made(3)).rounds, 3);
    EXPECT_EQ(look_of(made(4)).rounds, 5);
    EXPECT_EQ(look_of(made(8)).rounds, 8);
    EXPECT_TRUE(look_of(made(5)).early());
    EXPECT_FALSE(look_of(made(8)).early());
    EXPECT_DOUBLE_EQ(look_of(made(3)).error, 0.005);
    EXPECT_DOUBLE_EQ(look_of(made(8)).error, 0.04);
}

TEST(Look, a_plan_without_any_has_its_last_round_alone) {
    Result result = made(8);
    result.plan.looks = {};
    EXPECT_EQ(looks_of(result.plan).size(), 1u);
    EXPECT_DOUBLE_EQ(look_of(result).error, 0.05);
    EXPECT_EQ(compare(result).stopping, "");
}

TEST(Look, a_run_that_ended_early_is_judged_by_what_it_may_spend_there) {
    const Comparison comparison = compare(made(3));
    EXPECT_EQ(comparison.verdict, Verdict::better);
    EXPECT_THAT(comparison.looks, ElementsAre(3, 5, 8));
    EXPECT_EQ(comparison.rounds, 3);
    EXPECT_EQ(first_metric(comparison).clusters, 3u);
    EXPECT_DOUBLE_EQ(first_metric(comparison).confidence, 0.995);
    EXPECT_EQ(first_metric(comparison).interval_by, "Student's t");
    EXPECT_THAT(comparison.stopping, HasSubstr("after 3, 5, 8 rounds"));
    EXPECT_THAT(comparison.stopping, HasSubstr("this one has 0.5 % of it"));
    EXPECT_THAT(comparison.comparisons[0].notes, IsEmpty()) << "nothing is missing";
    EXPECT_THAT(text_table(comparison), HasSubstr("after 3 of at most 8 rounds"));
}

TEST(Look, the_last_goes_by_ranks_where_they_reach) {
    const Comparison comparison = compare(made(8));
    EXPECT_EQ(first_metric(comparison).interval_by, "signed ranks");
    EXPECT_DOUBLE_EQ(first_metric(comparison).confidence, 0.96);
}

TEST(Look, an_interval_of_few_rounds_is_no_narrower_than_half_of_delta_allows) {
    const Comparison comparison = compare(made(3, 1));
    EXPECT_EQ(comparison.verdict, Verdict::inconclusive) << "three equal rounds are not the same";
    EXPECT_GT(*first_metric(comparison).ci_high, 1 + *first_metric(comparison).delta);
}

TEST(PrimaryDecided, is_a_verdict_for_every_primary_metric) {
    EXPECT_TRUE(primary_decided(compare(made(3)).comparisons.at(0)));
    EXPECT_FALSE(primary_decided(compare(made(3, 1)).comparisons.at(0)));
}

TEST(UndecidedCells, are_those_of_comparisons_that_more_rounds_could_decide) {
    EXPECT_THAT(undecided_cells(made(3), {}), IsEmpty());
    EXPECT_THAT(undecided_cells(made(3), {.floor = 0.5}),
                testing::UnorderedElementsAre(CellName{"native", {}}, CellName{"plain", {}}))
        << "the null floor takes part";
}

/// Of these arms "native" was decided after three rounds, and the others were made five times.
Result one_ended_early(const std::vector<std::string>& arms = {"plain", "native", "equal"}) {
    Result result = test_result(
        test_experiment(arms),
        [](const std::string& arm, int round) {
            return 4000 * (arm == "native" ? 0.5 : 1) + round % 2;
        },
        Lane::counted, 8);
    result.plan.looks = {3, 5};
    result = at_look(result, {.rounds = 5});
    std::erase_if(result.observations, [](const Observation& one) {
        return one.trial.arm == "native" && one.trial.round >= 3;
    });
    return result;
}

TEST(Look, a_comparison_that_ended_before_others_keeps_what_it_was_then) {
    const Result result = one_ended_early();
    const Comparison then = compare(at_look(result, {.rounds = 3})), now = compare(result);
    EXPECT_EQ(now.rounds, 5);
    EXPECT_EQ(Json(to_json(now))["comparisons"][0], Json(to_json(then))["comparisons"][0]);
    EXPECT_EQ(now.comparisons.at(0).verdict, Verdict::better);
}

TEST(Look, what_is_left_at_one_has_no_more_of_its_error_than_before_the_others_ended) {
    const Comparison comparison = compare(one_ended_early());
    const ComparedMetric& metric = comparison.comparisons.at(1).metrics.at(0);
    EXPECT_EQ(metric.clusters, 5u);
    EXPECT_DOUBLE_EQ(metric.confidence, 1 - 0.005 / 2);
}

TEST(Look, a_faulty_comparison_gives_nothing_of_its_part_to_what_is_left) {
    Result result = one_ended_early({"plain", "native", "equal", "faulty"});
    for (Observation& one : result.observations)
        if (one.trial.arm == "faulty") one.checks["conservation"] = {false, "lost"};
    const Comparison comparison = compare(result);
    EXPECT_EQ(comparison.comparisons.at(2).verdict, Verdict::invalid);
    EXPECT_DOUBLE_EQ(comparison.comparisons.at(1).metrics.at(0).confidence, 1 - 0.005 / 3);
}

TEST(Look, a_comparison_stands_where_the_side_stands_that_was_made_less_often) {
    Result result = at_look(made(8, 1), {.rounds = 5});
    std::erase_if(result.observations, [](const Observation& one) {
        return one.trial.arm == "plain" && one.trial.round >= 3;
    });
    const Comparison comparison = compare(result);
    const ComparedMetric& metric = comparison.comparisons.at(0).metrics.at(0);
    EXPECT_EQ(metric.clusters, 3u);
    EXPECT_DOUBLE_EQ(metric.confidence, 0.995);
}

TEST(CompareTwo, runs_that_ended_at_different_looks_pair_by_the_seeds_that_both_have) {
    const Comparison comparison = compare(made(3), made(5));
    EXPECT_TRUE(comparison.paired);
    EXPECT_EQ(first_metric(comparison).clusters, 3u);
    EXPECT_EQ(first_metric(comparison).interval_by, "Student's t");
}

}  // namespace rxlab
