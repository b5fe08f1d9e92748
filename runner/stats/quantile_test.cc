// SPDX-License-Identifier: GPL-2.0
#include "stats/quantile.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Quantile, interpolates_between_neighbours) {
    const std::vector<double> values{4, 1, 3, 2};
    EXPECT_DOUBLE_EQ(quantile(values, 0), 1);
    EXPECT_DOUBLE_EQ(quantile(values, 0.5), 2.5);
    EXPECT_DOUBLE_EQ(quantile(values, 0.99), 3.97);
    EXPECT_DOUBLE_EQ(quantile(values, 1), 4);
}

TEST(Quantile, of_one_value_is_that_value) {
    EXPECT_DOUBLE_EQ(quantile(std::vector<double>{7}, 0.99), 7);
}

TEST(Deviation, divides_by_one_less) {
    EXPECT_DOUBLE_EQ(mean(std::vector<double>{1, 2, 3, 4}), 2.5);
    EXPECT_NEAR(deviation(std::vector<double>{1, 2, 3, 4}), 1.2909944487358056, 1e-15);
}

}  // namespace
}  // namespace rxlab
