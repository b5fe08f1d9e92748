// SPDX-License-Identifier: GPL-2.0
#include "base/nearest.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(EditDistance, counts_single_edits) {
    EXPECT_EQ(edit_distance("", ""), 0u);
    EXPECT_EQ(edit_distance("veth", ""), 4u);
    EXPECT_EQ(edit_distance("", "veth"), 4u);
    EXPECT_EQ(edit_distance("pktgen", "pktgn"), 1u);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(Nearest, finds_the_misspelt_word) {
    EXPECT_EQ(nearest("pktgn", {"live_frames", "pktgen"}), "pktgen");
    EXPECT_EQ(nearest("setpu", {"traffic", "setup", "topology"}), "setup");
}

TEST(Nearest, says_nothing_when_no_word_is_near) {
    EXPECT_EQ(nearest("elephant", {"pktgen", "live_frames"}), "");
    EXPECT_EQ(nearest("x", {"y"}), "");
    EXPECT_EQ(nearest("", {"y"}), "");
    EXPECT_EQ(nearest("pktgen", {}), "");
}

TEST(Nearest, takes_the_first_of_equally_near_words) {
    EXPECT_EQ(nearest("tca", {"tcb", "tcc"}), "tcb");
}

TEST(Nearest, allows_a_third_of_a_long_word) {
    EXPECT_EQ(nearest("instruction_per_paket", {"instructions_per_packet", "ns_per_packet"}),
              "instructions_per_packet");
}

TEST(Nearest, a_question_is_asked_only_where_a_word_is_near) {
    EXPECT_EQ(did_you_mean("pktgn", {"pktgen"}, "; "), "; did you mean 'pktgen'?");
    EXPECT_EQ(did_you_mean("pktgn", {"pktgen"}, "", " or not"), "did you mean 'pktgen'? or not");
    EXPECT_EQ(did_you_mean("x", {"y"}, "; "), "");
}

}  // namespace
}  // namespace rxlab
