// SPDX-License-Identifier: GPL-2.0
#include "setup/kinds.h"
#include "base/error.h"
#include "collect/collector.h"
#include "journal/load_module.h"
#include "sys/fake_sys.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Kinds : public ::testing::Test {
protected:
    Kinds() {
        sys.files["/run/netns/d"] = "";
        sys.files["d:/sys/class/net/rxdut0/ifindex"] = "5\n";
        sys.on_run = [this](FakeSys&, const FakeSys::Command& command) {
            input += command.input;
            pending_at_the_change = journal.pending().size();
            return CommandResult{};
        };
        topology.paths = {{{"g", "rxgen0"}, {"d", "rxdut0"}, "", "", "", ""}};
    }
    FakeSys sys;
    Journal journal{sys, ""};
    Topology topology;
    std::string input;
    size_t pending_at_the_change = 0;
};

TEST_F(Kinds, every_schema_is_json) {
    for (size_t i = 0; i < kSetupCount; i++)
        EXPECT_TRUE(Json::accept(kSetups[i].schema)) << kSetups[i].name;
}

TEST_F(Kinds, every_observer_is_a_probe) {
    for (const std::string name : Json::parse(kObserverSchema)["properties"]["collector"]["enum"])
        EXPECT_TRUE(collector_named(name).kind->probe) << name;
}

TEST_F(Kinds, an_observer_that_is_no_collector_is_refused_with_the_nearest) {
    try {
        apply_observer(sys, journal, topology, {{"collector", "bpftrace:napi_pols"}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "no collector 'bpftrace:napi_pols'");
        EXPECT_EQ(error.next(), "did you mean 'bpftrace:napi_polls'?");
    }
}

TEST_F(Kinds, link_is_journaled_before_it_is_made) {
    apply_link(sys, journal, topology, {{"name", "rxextra0"}});
    EXPECT_EQ(input, "link add rxextra0 type dummy\nlink set dev rxextra0 arp off up\n");
    EXPECT_EQ(pending_at_the_change, 1u);
    EXPECT_EQ(journal.pending()[0].netns, "d");
}

TEST_F(Kinds, bridge_takes_the_interface_as_its_port_and_goes_with_it) {
    apply_bridge(sys, journal, topology, Json::object());
    EXPECT_EQ(input,
              "link add rxbr0 type bridge stp_state 0 mcast_snooping 0\n"
              "link set dev rxbr0 arp off up\n"
              "link set dev rxdut0 master rxbr0\n");
    ASSERT_EQ(journal.pending().size(), 1u);
    EXPECT_THAT(journal.pending()[0].argv, ElementsAre("ip", "link", "del", "rxbr0"));
}

TEST_F(Kinds, bridge_with_a_host_beyond_counts_what_it_sends_there) {
    sys.files["d:/sys/class/net/rxout0/statistics/tx_packets"] = "7\n";
    const auto applied =
        apply_bridge(sys, journal, topology, {{"host_beyond", "02:00:00:00:ff:02"}});
    EXPECT_EQ(sys.log.back(), "run d bridge fdb add 02:00:00:00:ff:02 dev rxout0 master static");
    ASSERT_EQ(applied->sinks.size(), 1u);
    EXPECT_EQ(applied->sinks[0].name, "bridge.forwarded");
    EXPECT_EQ(applied->sinks[0].read(), 7u);
    EXPECT_EQ(journal.pending().size(), 2u);
}

TEST_F(Kinds, route_has_the_receivers_interface_alone_forward_and_puts_that_back) {
    const std::string forwarding = "d:/proc/sys/net/ipv4/conf/rxdut0/forwarding";
    sys.files[forwarding] = "0\n";
    apply_route(sys, journal, topology, {{"to", "192.0.2.0/24"}});
    EXPECT_EQ(sys.files[forwarding], "1\n");
    EXPECT_TRUE(std::find(sys.log.begin(), sys.log.end(),
                          "run d ip route add 192.0.2.0/24 dev rxout0") != sys.log.end());
    journal.restore();
    EXPECT_EQ(sys.files[forwarding], "0\n");
}

TEST_F(Kinds, conntrack_asks_for_the_state_of_every_packet) {
    apply_conntrack(sys, journal, topology, Json::object());
    EXPECT_THAT(input, HasSubstr("hook prerouting priority 0"));
    EXPECT_THAT(input, HasSubstr("ct state invalid counter drop"));
    EXPECT_EQ(pending_at_the_change, 1u);
}

TEST_F(Kinds, module_parameters_are_words_of_one_command) {
    sys.files["/payload/modules/rxpad.ko"] = "";
    apply_module(
        sys, journal, topology,
        {{"name", "rxpad"}, {"parameters", {{"bytes", 8192}, {"on", true}, {"mode", "a b"}}}});
    EXPECT_THAT(sys.log,
                ElementsAre("run - insmod /payload/modules/rxpad.ko bytes=8192 mode=a b on=1"));
    EXPECT_EQ(pending_at_the_change, 1u);
    EXPECT_THAT(journal.pending()[0].argv, ElementsAre("rmmod", "rxpad"));
}

TEST_F(Kinds, a_module_that_is_loaded_or_missing_is_refused) {
    EXPECT_THROW(apply_module(sys, journal, topology, {{"name", "rxpad"}}), Error);
    sys.files["/sys/module/rxpad/refcnt"] = "0\n";
    EXPECT_THROW(apply_module(sys, journal, topology, {{"name", "rxpad"}}), Error);
    EXPECT_TRUE(journal.pending().empty());
}

TEST_F(Kinds, a_module_that_refuses_is_quoted) {
    sys.files["/payload/modules/dma_ring.ko"] = "";
    sys.on_run = [](FakeSys&, const FakeSys::Command& command) {
        if (command.argv[0] == "dmesg")
            return CommandResult{
                0,
                "[ 1.0] vdma: 2 channels\n[ 1.1] dma_ring: period_bytes=3000 does not "
                "divide ring_bytes\n[ 1.2] other: word\n",
                ""};
        return CommandResult{1, "", "insmod: Invalid argument"};
    };
    try {
        load_module(sys, journal, "dma_ring", {{"period_bytes", 3000}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "dma_ring: period_bytes=3000 does not divide ring_bytes");
        EXPECT_EQ(error.status(), Status::usage);
    }
}

TEST_F(Kinds, a_kernel_that_takes_signed_modules_only_is_told_with_what_to_do) {
    sys.files["/payload/modules/dma_ring.ko"] = "";
    sys.files["/proc/modules"] = "";
    sys.files["/sys/kernel/security/lockdown"] = "none [integrity] confidentiality\n";
    sys.on_run = [](FakeSys&, const FakeSys::Command& command) {
        return command.argv[0] == "dmesg"
                   ? CommandResult{}
                   : CommandResult{1, "", "insmod: ERROR: Key was rejected by service\n"};
    };
    try {
        load_module(sys, journal, "dma_ring", Json::object());
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("Key was rejected by service: the kernel "
                                            "takes signed modules only"));
        EXPECT_THAT(error.next(), HasSubstr("mokutil"));
    }
}

TEST_F(Kinds, modules_that_no_payload_brings_are_built) {
    sys.files["/built/6.12/dma_ring.ko"] = "";
    build_modules_by([] { return std::string("/built/6.12"); });
    load_module(sys, journal, "dma_ring", Json::object());
    EXPECT_THAT(sys.log, ElementsAre("run - insmod /built/6.12/dma_ring.ko"));
    build_modules_by(nullptr);
}

TEST_F(Kinds, a_guest_takes_the_modules_of_its_payload) {
    sys.files["/payload/modules/dma_ring.ko"] = "";
    build_modules_by([] { return std::string("/built/6.12"); });
    load_module(sys, journal, "dma_ring", Json::object());
    EXPECT_THAT(sys.log, ElementsAre("run - insmod /payload/modules/dma_ring.ko"));
    build_modules_by(nullptr);
}

TEST_F(Kinds, dma_ring_loads_its_engine_first_and_takes_it_out_last) {
    for (const char* name : {"vdma", "ring_link", "dma_ring"})
        sys.files[fmt::format("/payload/modules/{}.ko", name)] = "";
    apply_dma_ring(sys, journal, topology,
                   {{"variant", "circ"}, {"pci", "0000:00:10.0"}, {"engine", "vdma"}});
    EXPECT_THAT(sys.log, ElementsAre("run - insmod /payload/modules/vdma.ko pci=0000:00:10.0",
                                     "run - insmod /payload/modules/ring_link.ko",
                                     "run - insmod /payload/modules/dma_ring.ko variant=circ"));
    ASSERT_EQ(journal.pending().size(), 3u);
    EXPECT_THAT(journal.pending()[0].argv, ElementsAre("rmmod", "vdma"));
    sys.log.clear();
    apply_dma_ring(sys, journal, topology, {{"engine", "none"}});
    EXPECT_THAT(sys.log, ElementsAre("run - insmod /payload/modules/ring_link.ko",
                                     "run - insmod /payload/modules/dma_ring.ko"));
}

TEST_F(Kinds, reopen_closes_and_opens_the_receiver_and_names_its_neighbour_again) {
    topology.paths[0].generator_ip = "10.99.0.1";
    topology.paths[0].generator_mac = "02:00:00:00:00:01";
    topology.settle_ns = 12'000'000'000;
    sys.files["/run/netns/g"] = "";
    for (const char* end : {"g:/sys/class/net/rxgen0", "d:/sys/class/net/rxdut0"}) {
        sys.files[std::string(end) + "/carrier"] = "1\n";
        sys.files[std::string(end) + "/operstate"] = "up\n";
    }
    const uint64_t start = sys.clock_ns;
    apply_reopen(sys, journal, topology, Json::object());
    EXPECT_EQ(input,
              "link set dev rxdut0 down\nlink set dev rxdut0 up\n"
              "neigh add 10.99.0.1 lladdr 02:00:00:00:00:01 nud permanent dev rxdut0\n");
    EXPECT_GE(sys.clock_ns - start, topology.settle_ns);
    EXPECT_TRUE(journal.pending().empty());
}

TEST_F(Kinds, reopen_leaves_alone_what_is_where_the_user_has_it) {
    topology.paths[0].receiver.netns.clear();
    try {
        apply_reopen(sys, journal, topology, Json::object());
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "setup reopen: rxdut0 stays where it is, and would lose its routes");
        EXPECT_THAT(error.next(), HasSubstr("--force"));
    }
    EXPECT_TRUE(input.empty());
}

TEST_F(Kinds, nft_drops_one_port_at_the_hook_asked_for) {
    apply_nft(sys, journal, topology, {{"hook", "ingress"}, {"dst_port", 7}});
    EXPECT_THAT(input, HasSubstr("add chain netdev rxlab drop_point { type filter hook ingress "
                                 "devices = { rxdut0 } priority 0; policy accept; }\n"));
    EXPECT_THAT(input, HasSubstr("udp dport 7 counter drop\n"));
    input.clear();
    apply_nft(sys, journal, topology, Json::object());
    EXPECT_THAT(input, HasSubstr("add chain ip rxlab drop_point { type filter hook prerouting "
                                 "priority -300; policy accept; }\n"));
    EXPECT_EQ(pending_at_the_change, 2u);
}

TEST_F(Kinds, tc_can_be_undone_whether_or_not_it_was_done) {
    apply_tc(sys, journal, topology, {{"kind", "u32"}, {"dst_port", 7}});
    EXPECT_EQ(input,
              "qdisc add dev rxdut0 clsact\n"
              "filter add dev rxdut0 ingress pref 1 protocol ip u32 match ip protocol 17 0xff "
              "match ip dport 7 0xffff action drop\n");
    EXPECT_EQ(pending_at_the_change, 2u);
    sys.log.clear();
    EXPECT_TRUE(journal.restore().empty());
    EXPECT_THAT(sys.log, ElementsAre("run d tc qdisc replace dev rxdut0 clsact",
                                     "run d tc qdisc del dev rxdut0 clsact"));
}

}  // namespace
}  // namespace rxlab
