// SPDX-License-Identifier: GPL-2.0
#include "session/assembly.h"

#include "base/error.h"
#include "session/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using ::testing::HasSubstr;

const std::map<std::string, Json> kTrafficOf = {
    {"pktgen", {{"packets", 100}}},
    {"live_frames", {{"packets", 100}}},
    {"open_loop", {{"packets", 10}, {"rate", 1000}}},
    {"test_run", {{"packets", 100}}},
    {"ring_stream", {{"records", 10}}},
    {"sockets", {{"messages", 10}}},
    {"gbench", {{"program", "ring_bench"}, {"benchmark", "x"}, {"records", 10}}},
    {"program", {{"program", "/bin/true"}, {"runs", 1}}},
};
const std::map<std::string, Json> kSetupOf = {
    {"", Json::object()},
    {"link", {{"name", "rxextra0"}}},
    {"bridge", {{"host_beyond", "02:00:00:00:ff:02"}}},
    {"route", Json::object()},
    {"conntrack", Json::object()},
    {"module", {{"name", "nope"}}},
    {"dma_ring", Json::object()},
    {"bpf_prog", {{"program", "xdp_drop"}}},
    {"udp_socket", Json::object()},
    {"nft", {{"hook", "ingress"}}},
    {"tc", {{"kind", "bpf"}}},
    {"port_filter", Json::object()},
    {"xdp_tools", Json::object()},
    {"observer", {{"collector", "softirq"}}},
    {"xdp", {{"program", "xdp_drop"}}},
    {"reopen", Json::object()},
    {"xdp_object", {{"object", "/nonexistent"}}},
};

Trial trial_of(const std::string& topology, const std::string& traffic, const std::string& setup) {
    Trial trial;
    trial.arm = "a";
    trial.lane = Lane::functional;
    trial.topology = {{"kind", topology}};
    trial.traffic = kTrafficOf.at(traffic);
    trial.traffic["kind"] = traffic;
    trial.setup = Json::object();
    if (!setup.empty()) trial.setup[setup] = kSetupOf.at(setup);
    trial.knobs = Json::object();
    return trial;
}

std::string refusal(const Trial& trial) {
    try {
        require_fit(trial);
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_FALSE(error.next().empty());
        return error.what();
    }
    return "";
}

TEST(Fit, the_tables_have_no_kind_that_these_tests_leave_out) {
    for (size_t i = 0; i < kTrafficCount; i++) EXPECT_TRUE(kTrafficOf.count(kTraffics[i].name));
    for (size_t i = 0; i < kSetupCount; i++) EXPECT_TRUE(kSetupOf.count(kSetups[i].name));
}

/// A combination is refused with a reason, or its plan can be made: on this machine, by the code of
/// a trial, which is where a kind would reach for what is not there.
TEST(Fit, every_combination_is_planned_or_refused_with_a_reason) {
    for (size_t i = 0; i < kTopologyCount; i++)
        for (const auto& [traffic, parameters] : kTrafficOf)
            for (const auto& [setup, own] : kSetupOf) {
                const Trial trial = trial_of(kTopologies[i].name, traffic, setup);
                try {
                    describe_changes(trial);
                } catch (const Error& error) {
                    EXPECT_EQ(error.status(), Status::usage)
                        << to_json(trial) << ": " << error.what();
                }
            }
}

TEST(Fit, what_belongs_to_interfaces_needs_some) {
    EXPECT_EQ(refusal(trial_of("none", "live_frames", "")),
              "traffic live_frames needs interfaces, and topology none has none");
    EXPECT_EQ(refusal(trial_of("none", "gbench", "nft")),
              "setup nft needs interfaces, and topology none has none");
    EXPECT_EQ(refusal(trial_of("none", "gbench", "")), "");
    EXPECT_EQ(refusal(trial_of("veth", "live_frames", "nft")), "");
}

TEST(Fit, a_kind_that_needs_another_names_it) {
    EXPECT_EQ(refusal(trial_of("veth", "open_loop", "")), "traffic open_loop needs topology rxnic");
    EXPECT_EQ(refusal(trial_of("rxnic", "open_loop", "")), "");
    EXPECT_EQ(refusal(trial_of("none", "ring_stream", "")),
              "traffic ring_stream needs setup dma_ring");
    EXPECT_EQ(refusal(trial_of("none", "ring_stream", "dma_ring")), "");
}

TEST(Fit, an_xdp_program_in_the_driver_needs_one_that_runs_it) {
    Trial trial = trial_of("nic", "pktgen", "xdp");
    trial.topology["model"] = "e1000e";
    EXPECT_EQ(refusal(trial),
              "setup xdp needs a driver that runs XDP programs itself, and that of "
              "e1000e does not");
    EXPECT_NO_THROW(require_fit(trial, true)) << "of a user's own port nothing is known here";
    trial.setup["xdp"]["mode"] = "generic";
    EXPECT_EQ(refusal(trial), "");
    trial = trial_of("nic", "pktgen", "port_filter");
    trial.topology["model"] = "virtio-net";
    EXPECT_EQ(refusal(trial), "");
}

TEST(MachineNeeds, a_topology_s_devices_become_what_its_trial_is_booted_with) {
    Trial trial = trial_of("nic", "pktgen", "");
    trial.topology["model"] = "e1000e";
    trial.boot.devices = {"intel-iommu"};
    trial.boot.machine = "q35";
    add_machine_needs(trial);
    add_machine_needs(trial);
    EXPECT_EQ(trial.boot.devices, (std::vector<std::string>{"intel-iommu", "nic:e1000e"}));
    EXPECT_EQ(trial.boot.machine, "q35");
    Trial veth = trial_of("veth", "pktgen", "");
    add_machine_needs(veth);
    EXPECT_EQ(veth.boot, Boot());
}

TEST(MachineNeeds, a_board_is_chosen_and_another_one_refused) {
    Trial trial = trial_of("nic", "pktgen", "");
    trial.topology["model"] = "igb";
    add_machine_needs(trial);
    EXPECT_EQ(trial.boot.machine, "q35");
    trial.boot.machine = "pc";
    try {
        add_machine_needs(trial);
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "igb needs machine q35, this is pc");
    }
}

TEST(MachineNeeds, a_kernel_whose_driver_runs_no_xdp_program_yet_is_told) {
    Trial trial = trial_of("nic", "pktgen", "xdp");
    trial.topology["model"] = "vmxnet3";
    EXPECT_EQ(lacking_of_kernel(trial, "6.1.0-57-amd64"),
              "its driver runs XDP programs from kernel 6.6 on, this is 6.1.0-57-amd64");
    EXPECT_EQ(lacking_of_kernel(trial, "6.12.117+deb12-amd64"), "");
    trial.setup["xdp"]["mode"] = "generic";
    EXPECT_EQ(lacking_of_kernel(trial, "6.1.0-57-amd64"), "");
}

TEST(MachineNeeds, what_inserts_rxlab_s_own_modules_is_told) {
    EXPECT_TRUE(needs_own_modules(trial_of("rxnic", "pktgen", "")));
    EXPECT_TRUE(needs_own_modules(trial_of("none", "ring_stream", "dma_ring")));
    EXPECT_TRUE(needs_own_modules(trial_of("veth", "pktgen", "module")));
    EXPECT_FALSE(needs_own_modules(trial_of("veth", "pktgen", "xdp")));
    EXPECT_FALSE(needs_own_modules(trial_of("dummy", "pktgen", "")));
}

TEST(Fit, the_user_s_own_interfaces_stand_for_a_topology) {
    EXPECT_NO_THROW(require_fit(trial_of("none", "live_frames", "nft"), true));
    EXPECT_THROW(require_fit(trial_of("rxnic", "open_loop", ""), true), Error);
}

}  // namespace
}  // namespace rxlab
