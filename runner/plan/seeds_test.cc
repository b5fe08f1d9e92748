// SPDX-License-Identifier: GPL-2.0
#include "plan/seeds.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <set>

namespace rxlab {
namespace {

TEST(SplitMix64, gives_the_reference_sequence) {
    // Vigna's splitmix64.c with seed 1234567.
    SplitMix64 random(1234567);
    EXPECT_EQ(random.next(), 6457827717110365317u);
    EXPECT_EQ(random.next(), 3203168211198807973u);
    EXPECT_EQ(random.next(), 9817491932198370423u);
}

TEST(Derive, differs_by_each_of_its_arguments) {
    std::set<uint64_t> seen;
    for (uint64_t seed = 0; seed < 20; seed++)
        for (Purpose purpose : {Purpose::boot, Purpose::round, Purpose::order})
            for (uint64_t index = 0; index < 20; index++) {
                const uint64_t derived = derive(seed, purpose, index);
                EXPECT_LT(derived, uint64_t{1} << 53);
                seen.insert(derived);
            }
    EXPECT_EQ(seen.size(), 20u * 3 * 20);
}

TEST(Shuffle, gives_every_order_equally_often) {
    std::map<std::vector<int>, int> orders;
    for (uint64_t seed = 0; seed < 6000; seed++) {
        std::vector<int> items = {0, 1, 2};
        shuffle(items, derive(seed, Purpose::order));
        orders[items]++;
    }
    ASSERT_EQ(orders.size(), 6u);
    // 1000 expected, standard deviation 29.
    for (const auto& [order, count] : orders) EXPECT_NEAR(count, 1000, 5 * 29);
}

TEST(Shuffle, is_the_same_everywhere) {
    std::vector<int> items(8);
    std::iota(items.begin(), items.end(), 0);
    shuffle(items, 1);
    EXPECT_EQ(items, (std::vector<int>{4, 3, 2, 7, 5, 6, 0, 1}));
}

}  // namespace
}  // namespace rxlab
