// SPDX-License-Identifier: GPL-2.0
#include "topology/sinks.h"

#include "base/error.h"
#include "sys/fake_sys.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

const char kSnmp[] =
    "Ip: Forwarding InReceives InHdrErrors InAddrErrors\nIp: 2 100 3 4\n"
    "IcmpMsg: InType3\nIcmpMsg: 1\n"
    "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors\nUdp: 7 50 9 0 9\n"
    "UdpLite: InDatagrams NoPorts InErrors\nUdpLite: 1000 1000 1000\n";

TEST(Sinks, snmp_fields_are_found_by_name) {
    EXPECT_EQ(sum_snmp(kSnmp, "Udp", {"NoPorts"}), 50u);
    EXPECT_EQ(sum_snmp(kSnmp, "Udp", {"InErrors"}), 9u);
    EXPECT_EQ(sum_snmp(kSnmp, "Ip", {"InHdrErrors", "InAddrErrors", "InOfTheFuture"}), 7u);
    EXPECT_THROW(sum_snmp(kSnmp, "Sctp", {"X"}), Error);
}

const char kHead[] =
    "Inter-|   Receive  |  Transmit\n face |bytes    packets errs drop fifo frame compressed "
    "multicast|bytes ...\n";

std::string dev_line(const std::string& name, int received, int sent) {
    return "  " + name + ": 600 10 0 " + std::to_string(received) + " 0 0 0 0 1200 20 0 " +
           std::to_string(sent) + " 0 0 0 0\n";
}

TEST(Sinks, drops_are_those_of_the_named_interface) {
    const std::string text = kHead + dev_line("rxdut1", 9, 9) + dev_line("rxdut11", 5, 6) +
                             "rxdut10:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n";
    EXPECT_EQ(parse_drops(text, "rxdut11").received, 5u);
    EXPECT_EQ(parse_drops(text, "rxdut11").sent, 6u);
    EXPECT_EQ(parse_drops(text, "rxdut10").sent, 12u);
    EXPECT_THROW(parse_drops(text, "rxdut"), Error);
}

class VethSinks : public ::testing::Test {
protected:
    uint64_t read(const std::string& name) {
        for (const Sink& sink :
             veth_sinks(sys, {{{"g", "rxgen0"}, {"d", "rxdut0"}, "", "", "", ""}}))
            if (sink.name == name) return sink.read();
        return ~0ull;
    }
    void drops(int handover, int received) {
        sys.files["/run/netns/g"] = sys.files["/run/netns/d"] = "";
        sys.files["g:/proc/thread-self/net/dev"] = kHead + dev_line("rxgen0", 0, handover);
        sys.files["d:/proc/thread-self/net/dev"] = kHead + dev_line("rxdut0", received, 0);
    }
    FakeSys sys;
};

TEST_F(VethSinks, a_full_backlog_is_counted_at_both_ends_and_once_here) {
    drops(8, 8);
    EXPECT_EQ(read("veth.not_handed_over"), 8u);
    EXPECT_EQ(read("veth.rx_dropped"), 0u);
}

TEST_F(VethSinks, what_the_receiver_alone_dropped_is_counted_there) {
    drops(0, 5);
    EXPECT_EQ(read("veth.not_handed_over"), 0u);
    EXPECT_EQ(read("veth.rx_dropped"), 5u);
}

TEST_F(VethSinks, a_full_ring_is_counted_at_the_sender_only) {
    drops(5, 0);
    EXPECT_EQ(read("veth.not_handed_over"), 5u);
    EXPECT_EQ(read("veth.rx_dropped"), 0u);
}

}  // namespace
}  // namespace rxlab
