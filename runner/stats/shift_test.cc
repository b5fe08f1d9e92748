// SPDX-License-Identifier: GPL-2.0
#include "stats/shift.h"

#include "base/random.h"
#include "stats/quantile.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace rxlab {
namespace {

using Sample = std::vector<double>;

Sample draw(size_t n, const std::function<double()>& one) {
    Sample sample(n);
    for (double& value : sample) value = one();
    return sample;
}

bool holds(const std::optional<Interval>& interval, double truth) {
    return interval && interval->low <= truth && truth <= interval->high;
}

// --- worked examples ---

TEST(PairedShift, is_the_median_of_the_walsh_averages) {
    // Walsh averages, sorted: 1 2 2.5 3 3.5 4 4 5 5.5 7
    const Shift shift = paired_shift(Sample{1, 3, 4, 7}, 0.80);
    EXPECT_DOUBLE_EQ(shift.value, 3.75);
}

TEST(PairedShift, matches_the_formula_for_eight) {
    // n = 8: K = floor(18 - 1.96 * sqrt(51)) = 4, so the 5th from each end of 36.
    const Sample d{1, 2, 4, 8, 16, 32, 64, 128};
    std::vector<double> walsh;
    for (size_t i = 0; i < d.size(); i++)
        for (size_t j = i; j < d.size(); j++) walsh.push_back((d[i] + d[j]) / 2);
    std::sort(walsh.begin(), walsh.end());
    const Shift shift = paired_shift(d, 0.95);
    EXPECT_DOUBLE_EQ(shift.interval->low, walsh[4]);
    EXPECT_DOUBLE_EQ(shift.interval->high, walsh[31]);
    EXPECT_DOUBLE_EQ(shift.value, (walsh[17] + walsh[18]) / 2);
}

TEST(PairedShift, gives_no_interval_where_the_confidence_is_out_of_reach) {
    EXPECT_FALSE(paired_shift(Sample{1}, 0.95).interval);
    EXPECT_FALSE(paired_shift(Sample(5, 1.0), 0.95).interval) << "5 pairs reach 93.75 %";
    EXPECT_TRUE(paired_shift(Sample(6, 1.0), 0.95).interval) << "6 pairs reach 96.9 %";
    EXPECT_FALSE(paired_shift(Sample(7, 1.0), 0.99).interval) << "7 pairs reach 98.4 %";
    EXPECT_TRUE(paired_shift(Sample(8, 1.0), 0.99).interval) << "8 pairs reach 99.2 %";
}

TEST(PairedShift, least_pairs_are_the_fewest_that_have_an_interval) {
    for (const double confidence : {0.5, 0.9375, 0.95, 0.99, 0.998, 0.9985}) {
        const size_t least = least_pairs(confidence);
        EXPECT_TRUE(paired_shift(Sample(least, 1.0), confidence).interval) << confidence;
        EXPECT_FALSE(paired_shift(Sample(least - 1, 1.0), confidence).interval) << confidence;
    }
}

TEST(FewPairedShift, is_students_where_ranks_do_not_reach) {
    // n = 3: t.975 = 4.3027, s = 1
    const Shift shift = few_paired_shift(Sample{1, 2, 3}, 0.95, 0);
    EXPECT_DOUBLE_EQ(shift.value, 2);
    EXPECT_NEAR(shift.interval->low, 2 - 4.3027 / std::sqrt(3), 1e-4);
    EXPECT_NEAR(shift.interval->high, 2 + 4.3027 / std::sqrt(3), 1e-4);
}

TEST(FewPairedShift, takes_no_smaller_spread_than_it_is_told) {
    const Shift shift = few_paired_shift(Sample{2, 2, 2}, 0.95, 0.1);
    EXPECT_NEAR(shift.interval->high - 2, 0.1 * 4.3027 / std::sqrt(3), 1e-4);
    EXPECT_EQ(few_paired_shift(Sample{2, 2, 2}, 0.95, 0).interval->high, 2);
}

TEST(FewPairedShift, is_that_of_ranks_where_they_do) {
    const Sample d{1, 2, 4, 8, 16, 32, 64, 128};
    EXPECT_EQ(few_paired_shift(d, 0.95, 100).interval->low, paired_shift(d, 0.95).interval->low);
}

TEST(FewPairedShift, needs_three) {
    EXPECT_FALSE(few_paired_shift(Sample{1, 2}, 0.5, 1).interval &&
                 !paired_shift(Sample{1, 2}, 0.5).interval);
    EXPECT_FALSE(few_paired_shift(Sample{1, 2}, 0.95, 1).interval);
}

TEST(UnpairedShift, least_each_are_the_fewest_that_have_an_interval) {
    for (const double confidence : {0.5, 0.95, 0.99, 0.998, 0.9985}) {
        const size_t least = least_each(confidence);
        EXPECT_TRUE(unpaired_shift(Sample(least, 1.0), Sample(least, 2.0), confidence).interval)
            << confidence;
        EXPECT_FALSE(
            unpaired_shift(Sample(least - 1, 1.0), Sample(least - 1, 2.0), confidence).interval)
            << confidence;
    }
}

TEST(PairedShift, of_identical_differences_is_a_point) {
    const Shift shift = paired_shift(Sample(8, 0.25), 0.95);
    EXPECT_EQ(shift.value, 0.25);
    EXPECT_EQ(shift.interval->low, 0.25);
    EXPECT_EQ(shift.interval->high, 0.25);
}

TEST(PairedShift, is_not_moved_far_by_one_stray_trial) {
    const Shift shift = paired_shift(Sample{1, 1.1, 0.9, 1.05, 0.95, 1, 1.02, 50}, 0.95);
    EXPECT_NEAR(shift.value, 1, 0.1);
}

TEST(UnpairedShift, is_the_median_of_all_differences) {
    const Shift shift = unpaired_shift(Sample{1, 2, 3}, Sample{11, 12, 13}, 0.80);
    EXPECT_DOUBLE_EQ(shift.value, 10);
}

TEST(UnpairedShift, gives_no_interval_where_the_confidence_is_out_of_reach) {
    EXPECT_FALSE(unpaired_shift(Sample(3, 1.0), Sample(3, 2.0), 0.95).interval)
        << "3 and 3 reach 90 %";
    EXPECT_TRUE(unpaired_shift(Sample(4, 1.0), Sample(4, 2.0), 0.95).interval)
        << "4 and 4 reach 97.1 %";
    EXPECT_FALSE(unpaired_shift(Sample(1, 1.0), Sample(1, 2.0), 0.95).interval);
}

// --- against all candidates, listed ---

/// Of a kind that has ties, both signs, and values that differ by many orders of magnitude.
Sample any_sample(SplitMix64& random, size_t size) {
    Sample sample;
    while (sample.size() < size) {
        const double value = static_cast<double>(random.next() % 9) - 4;
        sample.push_back(random.next() % 3 ? value : std::ldexp(value, random.next() % 60));
    }
    return sample;
}

/// @param cut how many candidates the interval leaves out at either end
void expect_among(Sample candidates, const Shift& shift, double cut, const std::string& what) {
    std::sort(candidates.begin(), candidates.end());
    EXPECT_EQ(shift.value, median(candidates)) << what;
    if (!shift.interval) return;
    const size_t left_out = static_cast<size_t>(std::max(std::floor(cut), 0.0));
    EXPECT_EQ(shift.interval->low, candidates[left_out]) << what;
    EXPECT_EQ(shift.interval->high, candidates[candidates.size() - 1 - left_out]) << what;
}

TEST(PairedShift, is_found_among_the_averages_without_listing_them) {
    SplitMix64 random(1);
    for (size_t n = 1; n <= 60; n++) {
        const Sample d = any_sample(random, n);
        Sample walsh;
        for (size_t i = 0; i < n; i++)
            for (size_t j = i; j < n; j++) walsh.push_back((d[i] + d[j]) / 2);
        const double count = static_cast<double>(n),
                     cut = count * (count + 1) / 4 -
                           1.959964 * std::sqrt(count * (count + 1) * (2 * count + 1) / 24);
        expect_among(walsh, paired_shift(d, 0.95), cut, fmt::format("{}", n));
    }
}

TEST(UnpairedShift, is_found_among_the_differences_without_listing_them) {
    SplitMix64 random(2);
    for (size_t n = 1; n <= 40; n++) {
        const Sample before = any_sample(random, n), after = any_sample(random, 41 - n);
        Sample differences;
        for (const double b : before)
            for (const double a : after) differences.push_back(a - b);
        const double b = static_cast<double>(n), a = 41 - b,
                     cut = a * b / 2 - 1.959964 * std::sqrt(a * b * 42 / 12);
        expect_among(differences, unpaired_shift(before, after, 0.95), cut, fmt::format("{}", n));
    }
}

TEST(PairedShift, of_ten_thousand_lists_no_fifty_million) {
    Sample d(10'000);
    for (size_t i = 0; i < d.size(); i++) d[i] = static_cast<double>(i);
    const Shift shift = paired_shift(d, 0.95);
    EXPECT_EQ(shift.value, 4999.5);
    EXPECT_NEAR(shift.interval->low, 4943, 1);
}

TEST(DetectableShift, uses_students_quantiles) {
    // n = 10, s = 1: (2.2622 + 0.8834) / sqrt(10)
    Sample d{-1, 1, -1, 1, -1, 1, -1, 1, -1, 1};
    for (double& value : d) value *= std::sqrt(0.9);
    EXPECT_NEAR(*detectable_shift(d), 0.9947, 5e-4);
    EXPECT_EQ(detectable_shift(Sample(8, 0.5)), 0.0);
    EXPECT_FALSE(detectable_shift(Sample{1}));
    EXPECT_GT(*detectable_shift(Sample{1, 2, 3}, Sample{1, 2, 3}), 0);
    EXPECT_FALSE(detectable_shift(Sample{1}, Sample{1, 2}));
}

// --- properties, by simulation with fixed seeds ---

struct Coverage : testing::TestWithParam<size_t> {};

constexpr int kSimulations = 4000;

double paired_coverage(size_t n, double truth, const std::function<double()>& noise) {
    int covered = 0;
    for (int i = 0; i < kSimulations; i++)
        covered +=
            holds(paired_shift(draw(n, [&] { return truth + noise(); }), 0.95).interval, truth);
    return static_cast<double>(covered) / kSimulations;
}

TEST_P(Coverage, paired_interval_holds_the_truth_in_normal_noise) {
    std::mt19937_64 random(1);
    std::normal_distribution<double> noise(0, 0.0005);
    const double share = paired_coverage(GetParam(), -0.48, [&] { return noise(random); });
    EXPECT_GE(share, 0.92);
    EXPECT_LE(share, 0.97);
}

TEST_P(Coverage, paired_interval_holds_the_truth_in_heavy_tails) {
    std::mt19937_64 random(2);
    std::student_t_distribution<double> noise(2);
    const double share = paired_coverage(GetParam(), 1, [&] { return noise(random); });
    EXPECT_GE(share, 0.92);
    EXPECT_LE(share, 0.97);
}

TEST_P(Coverage, paired_interval_holds_the_truth_when_one_arm_has_no_spread) {
    std::mt19937_64 random(3);
    std::uniform_real_distribution<double> before(-0.5, 0.5);
    const double share = paired_coverage(GetParam(), 0.3, [&] { return 0 - before(random); });
    EXPECT_GE(share, 0.92);
    EXPECT_LE(share, 0.97);
}

TEST_P(Coverage, unpaired_interval_holds_the_truth_with_equal_spreads) {
    std::mt19937_64 random(4);
    std::normal_distribution<double> noise(0, 1);
    int covered = 0;
    for (int i = 0; i < kSimulations; i++) {
        const Sample before = draw(GetParam(), [&] { return noise(random); });
        const Sample after = draw(GetParam(), [&] { return 0.7 + noise(random); });
        covered += holds(unpaired_shift(before, after, 0.95).interval, 0.7);
    }
    EXPECT_GE(covered, 0.92 * kSimulations);
    EXPECT_LE(covered, 0.97 * kSimulations);
}

TEST_P(Coverage, unpaired_interval_falls_short_when_one_arm_has_no_spread) {
    std::mt19937_64 random(7);
    std::normal_distribution<double> noise(0, 1);
    int covered = 0;
    for (int i = 0; i < kSimulations; i++) {
        const Sample before = draw(GetParam(), [&] { return noise(random); });
        covered += holds(unpaired_shift(before, Sample(GetParam(), 0.0), 0.95).interval, 0);
    }
    EXPECT_LE(covered, 0.94 * kSimulations) << "why the counted lane pairs: see shift.h";
}

TEST_P(Coverage, an_aa_test_under_drift_excludes_zero_in_about_one_of_twenty) {
    std::mt19937_64 random(5);
    std::normal_distribution<double> noise(0, 1);
    int wrong = 0;
    for (int i = 0; i < kSimulations; i++) {
        const double slope = noise(random);
        size_t round = 0;
        const Sample differences = draw(GetParam(), [&] {
            const double drift = slope * static_cast<double>(round++);
            return (drift + noise(random)) - (drift + noise(random));
        });
        wrong += !holds(paired_shift(differences, 0.95).interval, 0);
    }
    EXPECT_GE(wrong, 0.03 * kSimulations);
    EXPECT_LE(wrong, 0.08 * kSimulations);
}

INSTANTIATE_TEST_SUITE_P(Rounds, Coverage, testing::Values(8, 10, 20));

}  // namespace
}  // namespace rxlab
