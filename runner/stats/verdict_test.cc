// SPDX-License-Identifier: GPL-2.0
#include "stats/verdict.h"

#include <gtest/gtest.h>
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

TEST(Holm, one_metric_has_the_whole_five_percent) {
    EXPECT_EQ(holm_confidences(1, [](size_t, double) { return false; }), std::vector<double>{0.95});
    EXPECT_TRUE(holm_confidences(0, [](size_t, double) { return true; }).empty());
}

TEST(Holm, undecided_metrics_take_over_what_decided_ones_leave) {
    // Metric 0 is decided even at 99 %, metric 1 only at 97 %, metric 2 never.
    const double limits[] = {0.99, 0.976, 0};
    const auto confidences =
        holm_confidences(3, [&](size_t i, double confidence) { return confidence <= limits[i]; });
    EXPECT_DOUBLE_EQ(confidences[0], 1 - 0.05 / 3);
    EXPECT_DOUBLE_EQ(confidences[1], 0.975);
    EXPECT_DOUBLE_EQ(confidences[2], 0.95);
}

TEST(Holm, with_nothing_decided_all_keep_the_first_step) {
    for (const double confidence : holm_confidences(4, [](size_t, double) { return false; }))
        EXPECT_DOUBLE_EQ(confidence, 1 - 0.05 / 4);
}

TEST(PreciseEnough, wants_ten_rounds_and_a_narrow_interval) {
    EXPECT_FALSE(precise_enough(std::vector<double>(9, 0.1), 0.01));
    EXPECT_TRUE(precise_enough(std::vector<double>(10, 0.1), 0.01));
    EXPECT_FALSE(precise_enough(std::vector<double>{0, .1, 0, .1, 0, .1, 0, .1, 0, .1}, 0.01));
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

}  // namespace
}  // namespace rxlab
