// SPDX-License-Identifier: GPL-2.0
#include "stats/family.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

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

}  // namespace
}  // namespace rxlab
