// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "journal/journal.h"
#include "sys/fake_ethtool.h"
#include "sys/fake_sys.h"
#include "topology/kinds.h"
#include "topology/nic_models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kPci = "/sys/bus/pci/devices/0000:00:";

/// Two devices with a driver, a link that comes after some looks, and counters at 0.
class Nic : public ::testing::Test {
protected:
    Nic() {
        sys.on_run = [this](FakeSys&, const FakeSys::Command& command) -> CommandResult {
            inputs += command.netns + "|" + command.input;
            if (command.input.starts_with("netns add")) make_namespaces();
            return {0, "", ""};
        };
        sys.on_ioctl = [this](const std::string&, unsigned long, void* argument) {
            answer_ethtool(statistics, argument);
        };
        for (const char* slot : {"18", "19"})
            sys.files[kPci + std::string(slot) + ".0/vendor"] = "";
    }

    void plug(const std::string& below) {
        sys.files[kPci + std::string("18.0/") + below + "net/eth0/mtu"] = "1500\n";
        sys.files[kPci + std::string("19.0/") + below + "net/eth1/mtu"] = "1500\n";
    }

    void make_namespaces() {
        for (const std::string netns : {"rxlab-gen", "rxlab-dut"}) {
            sys.files["/run/netns/" + netns] = "";
            const std::string folder =
                netns + ":/sys/class/net/" + (netns == "rxlab-gen" ? "eth0" : "eth1");
            sys.files[folder + "/carrier"] = carrier;
            sys.files[folder + "/operstate"] = "up\n";
            for (const char* name : {"tx_dropped", "rx_dropped", "rx_missed_errors"})
                sys.files[folder + "/statistics/" + name] = "0\n";
        }
    }

    Topology made(const std::string& model) {
        return make_nic(sys, journal, {{"kind", "nic"}, {"model", model}});
    }

    std::map<std::string, uint64_t> read(const Topology& topology) {
        std::map<std::string, uint64_t> read;
        for (const Sink& sink : topology.sinks)
            if (sink.name.starts_with("nic.")) read[sink.name] = sink.read();
        return read;
    }

    void count(const char* end, const char* name, const char* value) {
        sys.files[std::string(end) + "/statistics/" + name] = value;
    }

    FakeSys sys;
    Journal journal{sys, ""};
    std::string inputs, carrier = "1\n";
    Statistics statistics;
};

TEST_F(Nic, ends_are_found_by_their_slots_and_get_a_namespace_each) {
    plug("");
    const Topology topology = made("e1000e");
    ASSERT_EQ(topology.paths.size(), 1u);
    EXPECT_EQ(topology.paths[0].generator.name, "eth0");
    EXPECT_EQ(topology.paths[0].receiver.name, "eth1");
    EXPECT_THAT(inputs, HasSubstr("link set eth0 address 02:00:00:00:00:01 netns rxlab-gen\n"
                                  "link set eth1 address 02:00:00:00:00:02 netns rxlab-dut\n"));
    EXPECT_THAT(inputs, HasSubstr("rxlab-dut|link set dev eth1 arp off up\n"));
    EXPECT_TRUE(topology.fresh_skbs);
    EXPECT_EQ(journal.pending().size(), 2u);  // they go back when the namespaces go
}

TEST_F(Nic, a_virtio_interface_is_below_its_virtio_device) {
    plug("virtio1/");
    EXPECT_EQ(made("virtio-net").paths[0].receiver.name, "eth1");
}

TEST_F(Nic, a_machine_without_them_is_refused_before_anything_is_touched) {
    try {
        made("e1000e");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_THAT(error.what(), HasSubstr("no interface of driver e1000e at"));
        EXPECT_THAT(error.next(), HasSubstr("--target vm"));
    }
    EXPECT_TRUE(journal.pending().empty());
    EXPECT_TRUE(sys.log.empty());
}

TEST_F(Nic, a_link_that_never_comes_is_told) {
    plug("");
    carrier = "0\n";
    try {
        made("e1000e");
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "eth0 has no link after 20 s");
    }
}

TEST_F(Nic, a_driver_that_touches_its_link_later_is_given_that_time) {
    plug("");
    const uint64_t start = sys.clock_ns;
    made("tulip");
    EXPECT_GE(sys.clock_ns - start, 4'000'000'000u);
}

TEST_F(Nic, what_each_end_loses_is_a_sink_of_its_own) {
    plug("");
    const Topology topology = made("pcnet");
    count("rxlab-gen:/sys/class/net/eth0", "tx_dropped", "1\n");
    count("rxlab-dut:/sys/class/net/eth1", "rx_missed_errors", "20\n");
    count("rxlab-dut:/sys/class/net/eth1", "rx_dropped", "300\n");
    EXPECT_EQ(read(topology),
              (std::map<std::string, uint64_t>{
                  {"nic.not_sent", 1}, {"nic.no_buffer", 20}, {"nic.rx_dropped", 300}}));
}

TEST_F(Nic, frames_without_a_buffer_are_read_where_vmxnet3_counts_them) {
    plug("");
    const Topology topology = made("vmxnet3");
    statistics = {{"pkts rx OOB", 7}, {"pkts rx err", 1}};
    EXPECT_EQ(read(topology)["nic.no_buffer"], 7u);
}

TEST_F(Nic, what_xdp_drops_is_not_counted_again_where_virtio_net_counts_it_as_dropped) {
    plug("virtio0/");
    const Topology topology = made("virtio-net");
    count("rxlab-dut:/sys/class/net/eth1", "rx_dropped", "105\n");
    statistics = {{"rx_xdp_drops", 100}, {"rx0_xdp_drops", 100}};
    EXPECT_EQ(read(topology)["nic.rx_dropped"], 5u);
}

TEST(NicModels, a_device_s_name_and_its_model_are_one_to_one) {
    for (size_t i = 0; i < kNicModelCount; i++)
        EXPECT_EQ(model_of_device(nic_device(kNicModels[i])), &kNicModels[i]);
    EXPECT_EQ(model_of_device("intel-iommu"), nullptr);
    EXPECT_EQ(model_of_device("e1000"), nullptr);  // a device of another purpose
}

TEST(NicModels, an_unknown_one_is_refused_with_the_nearest_name) {
    try {
        nic_model("e1000f");
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "no NIC model 'e1000f'");
        EXPECT_EQ(error.next(), "did you mean 'e1000e'?");
    }
    EXPECT_THROW(model_of_device("nic:e1000f"), Error);
}

TEST(NicModels, a_topology_needs_its_pair_of_the_machine) {
    const MachineNeeds needs = nic_needs({{"model", "igb"}});
    EXPECT_THAT(needs.devices, ElementsAre("nic:igb"));
    EXPECT_EQ(needs.board, "q35");
    EXPECT_EQ(nic_needs({{"model", "e1000e"}}).native_xdp, "");
}

}  // namespace
}  // namespace rxlab
