// SPDX-License-Identifier: GPL-2.0
#include "topology/driver_counters.h"

#include "base/error.h"

#include <gtest/gtest.h>

using namespace rxlab;

TEST(ParseXdpDrops, sums_the_queues) {
    EXPECT_EQ(parse_xdp_drops("NIC statistics:\n     peer_ifindex: 4\n     rx_queue_0_drops: 3\n   "
                              "  rx_queue_0_xdp_drops: 10\n"
                              "     rx_queue_1_xdp_drops: 5\n     tx_queue_0_xdp_xmit: 9\n"),
              15u);
}

TEST(ParseXdpDrops, takes_a_total_that_the_driver_gives_and_not_its_queues_too) {
    EXPECT_EQ(parse_xdp_drops("     rx_xdp_drops: 8\n     tx_xdp_tx_drops: 1\n     "
                              "rx0_xdp_drops: 5\n     rx1_xdp_drops: 3\n"),
              8u);
}

TEST(ParseXdpDrops, refuses_a_driver_that_does_not_count_them) {
    EXPECT_THROW(parse_xdp_drops("NIC statistics:\n     rx_packets: 10\n"), Error);
    EXPECT_THROW(parse_xdp_drops(""), Error);
}

TEST(ParseDriverCounters, sums_those_named_and_no_other) {
    const char* text =
        "NIC statistics:\n     tx_frames: 7\n     rx_bad: 2\n     q0_rx_bad: 2\n     given_up: 5\n";
    EXPECT_EQ(parse_driver_counters(text, {"rx_bad", "given_up"}), 7u);
    EXPECT_THROW(parse_driver_counters(text, {"rx_bad", "rx_no_page"}), Error);
}

TEST(ParseDriverCounters, what_is_no_number_is_named) {
    for (const char* value : {"", "many", "99999999999999999999", "7 frames"})
        EXPECT_THROW(parse_driver_counters("     rx_bad: " + std::string(value), {"rx_bad"}), Error)
            << value;
}
