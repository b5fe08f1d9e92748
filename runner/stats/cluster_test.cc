// SPDX-License-Identifier: GPL-2.0
#include "stats/cluster.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Clusters, phases_of_a_boot_seed_count_once) {
    const auto means = cluster_means({{1, {10, 12, 14}}, {2, {20}}});
    EXPECT_EQ(means, (std::map<uint64_t, double>{{1, 12}, {2, 20}}));
    EXPECT_EQ(mean_values({{1, {10, 12, 14}}, {2, {20}}}), (std::vector<double>{12, 20}));
}

TEST(Clusters, only_shared_ones_are_paired) {
    const Pairs pairs =
        shared_clusters({{1, {10}}, {2, {20}}, {3, {30}}}, {{2, {21, 23}}, {3, {31}}, {4, {41}}});
    EXPECT_EQ(pairs.before, (std::vector<double>{20, 30}));
    EXPECT_EQ(pairs.after, (std::vector<double>{22, 31}));
}

}  // namespace
}  // namespace rxlab
