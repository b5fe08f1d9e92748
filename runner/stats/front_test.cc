// SPDX-License-Identifier: GPL-2.0
#include "stats/front.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<size_t> order_of(const std::vector<Costs>& all) {
    std::vector<size_t> order;
    for (const OnFront& one : by_fronts(all)) order.push_back(one.which);
    return order;
}

TEST(Fronts, one_dominates_where_it_is_as_good_in_both_and_better_in_one) {
    EXPECT_TRUE(dominates({1, 2}, {1, 3}));
    EXPECT_FALSE(dominates({1, 2}, {1, 2}));
    EXPECT_FALSE(dominates({1, 2}, {2, 1}));
}

TEST(Fronts, begin_with_what_nothing_dominates) {
    EXPECT_THAT(order_of({{5, 5}, {1, 4}, {4, 1}, {2, 6}}), ElementsAre(1, 2, 3, 0));
    EXPECT_THAT(by_fronts({}), IsEmpty());
}

TEST(Fronts, have_their_ends_first_and_then_what_stands_alone) {
    EXPECT_THAT(order_of({{0, 10}, {1, 9}, {2, 8}, {6, 4}, {10, 0}}), ElementsAre(0, 4, 3, 2, 1));
}

TEST(Fronts, equal_points_are_on_one_front_the_earlier_first) {
    const std::vector<OnFront> sorted = by_fronts({{3, 3}, {1, 1}, {1, 1}});
    EXPECT_THAT(order_of({{3, 3}, {1, 1}, {1, 1}}), ElementsAre(1, 2, 0));
    EXPECT_EQ(sorted[1].front, 0u);
    EXPECT_EQ(sorted[2].front, 1u);
}

/// Whatever the costs: each point is dominated by one of the front before its own, and by none of
/// its own.
TEST(Fronts, are_what_their_definition_says) {
    std::mt19937 random(1);
    for (int seed = 0; seed < 50; seed++) {
        std::vector<Costs> all(40);
        for (Costs& costs : all)
            costs = {static_cast<double>(random() % 10), static_cast<double>(random() % 10)};
        const std::vector<OnFront> sorted = by_fronts(all);
        ASSERT_EQ(sorted.size(), all.size());
        for (const OnFront& one : sorted) {
            bool above = one.front == 0;
            for (const OnFront& other : sorted) {
                const bool dominated = dominates(all[other.which], all[one.which]);
                EXPECT_FALSE(dominated && other.front == one.front);
                above = above || (dominated && other.front + 1 == one.front);
            }
            EXPECT_TRUE(above) << one.which << " in front " << one.front;
        }
    }
}

}  // namespace
}  // namespace rxlab
