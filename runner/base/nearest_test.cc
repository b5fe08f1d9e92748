// SPDX-License-Identifier: GPL-2.0
#include "base/nearest.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(EditDistance, CountsSingleEdits) {
    EXPECT_EQ(edit_distance("", ""), 0u);
    EXPECT_EQ(edit_distance("veth", ""), 4u);
    EXPECT_EQ(edit_distance("", "veth"), 4u);
    EXPECT_EQ(edit_distance("pktgen", "pktgn"), 1u);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(Nearest, FindsTheMisspeltWord) {
    EXPECT_EQ(nearest("pktgn", {"live_frames", "pktgen"}), "pktgen");
    EXPECT_EQ(nearest("setpu", {"traffic", "setup", "topology"}), "setup");
}

TEST(Nearest, SaysNothingWhenNoWordIsNear) {
    EXPECT_EQ(nearest("elephant", {"pktgen", "live_frames"}), "");
    EXPECT_EQ(nearest("x", {"y"}), "");
    EXPECT_EQ(nearest("", {"y"}), "");
    EXPECT_EQ(nearest("pktgen", {}), "");
}

TEST(Nearest, TakesTheFirstOfEquallyNearWords) {
    EXPECT_EQ(nearest("tca", {"tcb", "tcc"}), "tcb");
}

TEST(Nearest, AllowsAThirdOfALongWord) {
    EXPECT_EQ(nearest("instruction_per_paket", {"instructions_per_packet", "ns_per_packet"}),
              "instructions_per_packet");
}

}  // namespace
}  // namespace rxlab
