// SPDX-License-Identifier: GPL-2.0
#include "stats/variance.h"

#include <gtest/gtest.h>
#include <random>

namespace rxlab {

/// By hand: means 2 and 6, MSB = 16, MSW = 0.5, two values each.
TEST(VarianceComponents, are_those_of_the_textbook) {
    const auto found = variance_components({{1, {1.5, 2.5}}, {2, {5.5, 6.5}}});
    ASSERT_TRUE(found);
    EXPECT_DOUBLE_EQ(found->within, 0.5);
    EXPECT_DOUBLE_EQ(found->between, (16 - 0.5) / 2);
    EXPECT_NEAR(found->p, 0.0299, 1e-3) << "F(1, 2) = 32";
    EXPECT_DOUBLE_EQ(found->of_mean(2, 2), (found->between + 0.25) / 2);
}

TEST(VarianceComponents, one_that_would_be_negative_is_none) {
    const auto found = variance_components({{1, {0, 10}}, {2, {1, 9}}, {3, {2, 8}}});
    EXPECT_EQ(found->between, 0);
    EXPECT_GT(found->p, 0.5);
}

TEST(VarianceComponents, of_values_without_any_spread_are_none) {
    const auto found = variance_components({{1, {5, 5}}, {2, {5, 5}}});
    EXPECT_EQ(found->between, 0);
    EXPECT_EQ(found->within, 0);
    EXPECT_EQ(found->p, 1);
}

TEST(VarianceComponents, need_two_groups_and_one_of_two_values) {
    EXPECT_FALSE(variance_components({}));
    EXPECT_FALSE(variance_components({{1, {1, 2, 3}}}));
    EXPECT_FALSE(variance_components({{1, {1}}, {2, {2}}}));
    EXPECT_TRUE(variance_components({{1, {1}}, {2, {2, 3}}}));
}

TEST(VarianceComponents, are_found_again_on_average_in_unequal_groups) {
    std::mt19937_64 random(3);
    std::normal_distribution<double> noise;
    double between = 0, within = 0;
    constexpr int kRuns = 2000;
    for (int run = 0; run < kRuns; run++) {
        Clusters groups;
        for (size_t group = 0; group < 8; group++) {
            const double common = 3 * noise(random);
            for (size_t i = 0; i < 2 + group % 3; i++)
                groups[group].push_back(common + noise(random));
        }
        between += variance_components(groups)->between / kRuns;
        within += variance_components(groups)->within / kRuns;
    }
    EXPECT_NEAR(between, 9, 0.5);
    EXPECT_NEAR(within, 1, 0.05);
}

}  // namespace rxlab
