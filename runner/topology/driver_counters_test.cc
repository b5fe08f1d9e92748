// SPDX-License-Identifier: GPL-2.0
#include "topology/driver_counters.h"

#include "base/error.h"
#include "sys/fake_ethtool.h"
#include "sys/fake_sys.h"

#include <gtest/gtest.h>
#include <linux/sockios.h>

namespace rxlab {

TEST(XdpEnds, are_those_of_all_queues_that_receive) {
    const XdpEnds veth = xdp_ends({{"peer_ifindex", 4},
                                   {"rx_queue_0_drops", 3},
                                   {"rx_queue_0_xdp_drops", 10},
                                   {"rx_queue_0_xdp_tx", 2},
                                   {"rx_queue_0_xdp_tx_errors", 9},
                                   {"rx_queue_0_xdp_redirect", 7},
                                   {"rx_queue_1_xdp_drops", 5},
                                   {"tx_queue_0_xdp_xmit", 9}});
    EXPECT_EQ(veth.drops, 15u);
    EXPECT_EQ(veth.sent_back, 2u);
    EXPECT_EQ(veth.redirected, 7u);
    const XdpEnds virtio = xdp_ends({{"rx_queue_0_xdp_drops", 1},
                                     {"rx_queue_0_xdp_tx", 2},
                                     {"rx_queue_0_xdp_redirects", 3},
                                     {"tx_queue_0_xdp_tx", 5}});
    EXPECT_EQ(virtio.sent_back, 2u);
    EXPECT_EQ(virtio.redirected, 3u);
}

TEST(XdpEnds, are_the_totals_that_the_driver_gives_and_not_its_queues_too) {
    EXPECT_EQ(xdp_ends({{"rx_xdp_drops", 8},
                        {"tx_xdp_tx_drops", 1},
                        {"rx0_xdp_drops", 5},
                        {"rx1_xdp_drops", 3}})
                  .drops,
              8u);
    const XdpEnds rxnic = xdp_ends({{"xdp_drop", 4}, {"xdp_aborted", 1}, {"q0_xdp_drop", 4}});
    EXPECT_EQ(rxnic.drops, 4u);
    EXPECT_EQ(rxnic.aborted, 1u);
    EXPECT_EQ(rxnic.sent_back, 0u);
}

TEST(XdpEnds, are_refused_of_a_driver_that_does_not_count_them) {
    EXPECT_THROW(xdp_ends({{"rx_packets", 10}}), Error);
    EXPECT_THROW(xdp_ends({}), Error);
}

TEST(SumOf, is_of_those_named_and_no_other) {
    const Statistics statistics{{"tx_frames", 7}, {"rx_bad", 2}, {"q0_rx_bad", 2}, {"given_up", 5}};
    EXPECT_EQ(sum_of(statistics, {"rx_bad", "given_up"}), 7u);
    EXPECT_THROW(sum_of(statistics, {"rx_bad", "rx_no_page"}), Error);
}

TEST(DriverCounters, are_asked_of_the_interface_in_its_namespace) {
    FakeSys sys;
    sys.files["/run/netns/dut"] = "";
    const std::string longest(ETH_GSTRING_LEN, 'x');
    sys.on_ioctl = [&](const std::string& device, unsigned long request, void* argument) {
        EXPECT_EQ(device, kSocket);
        EXPECT_EQ(request, static_cast<unsigned long>(SIOCETHTOOL));
        EXPECT_STREQ(static_cast<ifreq*>(argument)->ifr_name, "rxnic1");
        answer_ethtool({{"rx_bad", 3}, {longest, 40}}, argument);
    };
    EXPECT_EQ(driver_counters(sys, {"dut", "rxnic1"}, {"rx_bad", longest}), 43u);
}

TEST(DriverCounters, go_by_their_names_without_the_driver_s_indentation) {
    FakeSys sys;
    sys.on_ioctl = [](const std::string&, unsigned long, void* argument) {
        answer_ethtool({{"     pkts rx OOB", 7}}, argument);
    };
    EXPECT_EQ(driver_counters(sys, {"", "eth1"}, {"pkts rx OOB"}), 7u);
}

TEST(DriverCounters, of_a_driver_without_any_are_none) {
    FakeSys sys;
    sys.on_ioctl = [](const std::string&, unsigned long, void* argument) {
        answer_ethtool({}, argument);
    };
    EXPECT_TRUE(ethtool_statistics(sys, {"", "lo"}).empty());
}

}  // namespace rxlab
