// SPDX-License-Identifier: GPL-2.0
#include "compare/verdict.h"

#include "stats/family.h"

#include <gtest/gtest.h>
#include <array>
#include <cmath>
#include <random>

namespace rxlab {
namespace {

TEST(Judge, wants_the_whole_interval_on_one_side) {
    EXPECT_EQ(judge(Interval{0.02, 0.03}, 0.01, "lower"), Verdict::worse);
    EXPECT_EQ(judge(Interval{0.02, 0.03}, 0.01, "higher"), Verdict::better);
    EXPECT_EQ(judge(Interval{-0.03, -0.02}, 0.01, "lower"), Verdict::better);
    EXPECT_EQ(judge(Interval{-0.03, -0.02}, 0.01, "higher"), Verdict::worse);
    EXPECT_EQ(judge(Interval{-0.01, 0.01}, 0.01, "lower"), Verdict::same);
    EXPECT_EQ(judge(Interval{0.005, 0.02}, 0.01, "lower"), Verdict::inconclusive);
    EXPECT_EQ(judge(Interval{-0.02, 0.02}, 0.01, "lower"), Verdict::inconclusive);
    EXPECT_EQ(judge(std::nullopt, 0.01, "lower"), Verdict::inconclusive);
}

TEST(Judge, zero_before_and_after_is_the_same_and_any_other_count_is_not) {
    EXPECT_EQ(judge(Interval{0, 0}, 0, "lower"), Verdict::same);
    EXPECT_EQ(judge(Interval{1, 4}, 0, "lower"), Verdict::worse);
    EXPECT_EQ(judge(Interval{0, 4}, 0, "lower"), Verdict::inconclusive);
}

TEST(Verdicts, the_first_row_that_is_among_them_is_the_verdict_of_all) {
    const std::array both{Verdict::same, Verdict::not_visible};
    EXPECT_EQ(overall(both), Verdict::same);
    const std::array worse{Verdict::better, Verdict::worse, Verdict::inconclusive};
    EXPECT_EQ(overall(worse), Verdict::worse);
    EXPECT_EQ(overall({}), Verdict::inconclusive);
}

TEST(Verdicts, instructions_are_fewer_or_more_and_never_better_or_worse) {
    EXPECT_EQ(words_of(Verdict::better, "instructions/packet"), "fewer instructions");
    EXPECT_EQ(words_of(Verdict::worse, "instructions/record"), "more instructions");
    EXPECT_EQ(words_of(Verdict::better, "ns/packet"), "better");
    EXPECT_EQ(words_of(Verdict::same, "instructions/packet"), "same");
    EXPECT_EQ(words_of(Verdict::not_visible, ""), "not visible");
}

/// Share of A/A experiments (counted lane, 8 seeds, SD 0.05 % per arm) whose primary metrics get a
/// wrong verdict.
double false_verdicts(size_t metrics, double delta) {
    constexpr int kSimulations = 4000;
    std::mt19937_64 random(6);
    std::normal_distribution<double> noise(0, 0.0005 * std::sqrt(2));
    int wrong = 0;
    for (int i = 0; i < kSimulations; i++) {
        std::vector<std::vector<double>> samples(metrics, std::vector<double>(8));
        for (auto& sample : samples)
            for (double& d : sample) d = noise(random);
        const auto verdict = [&](size_t m, double confidence) {
            return judge(paired_shift(samples[m], confidence).interval, delta, "lower");
        };
        const auto confidences = holm_confidences(metrics, [&](size_t m, double confidence) {
            return verdict(m, confidence) != Verdict::inconclusive;
        });
        bool any = false;
        for (size_t m = 0; m < metrics; m++)
            any |= verdict(m, confidences[m]) == Verdict::better ||
                   verdict(m, confidences[m]) == Verdict::worse;
        wrong += any;
    }
    return static_cast<double>(wrong) / kSimulations;
}

TEST(FalseVerdicts, stay_at_the_familys_error_even_without_a_delta) {
    EXPECT_LE(false_verdicts(1, 0), 0.065);
    EXPECT_LE(false_verdicts(4, 0), 0.065);
}

TEST(FalseVerdicts, are_rare_once_a_difference_must_also_matter) {
    EXPECT_LE(false_verdicts(1, 0.001), 0.0005);
}

TEST(Verdicts, each_has_one_row) {
    for (const VerdictRow& row : verdict_table()) EXPECT_EQ(&verdict_row(row.verdict), &row);
}

}  // namespace
}  // namespace rxlab
