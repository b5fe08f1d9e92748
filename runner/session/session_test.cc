// SPDX-License-Identifier: GPL-2.0
#include "session/session.h"

#include "base/error.h"
#include "session/fake_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using ::testing::ElementsAre;

Trial trial() {
    Trial trial;
    trial.arm = "plain";
    trial.lane = Lane::counted;
    trial.seed = 42;
    trial.topology = {{"kind", "veth"}};
    trial.traffic = {{"kind", "pktgen"}, {"packets", 1000}, {"warmup_packets", 100}};
    trial.setup = {{"nft", {{"dst_port", 9}}}, {"link", {{"name", "rxextra0"}}}};
    trial.knobs = {{"sysctl:net.core.netdev_budget", 16}, {"sysctl:@dut:net.ipv4.ip_forward", 1}};
    trial.collectors = {"interface"};
    return trial;
}

/// nft's counter is not part of the fake machine: it stands still at 0.
std::string no_nft_packets(int, const std::string&) {
    const auto text = [](const char* bytes, size_t size) { return std::string(bytes, size); };
    const std::string data =
        text("\x0c\0\1\0\0\0\0\0\0\0\0\0", 12) + text("\x0c\0\2\0\0\0\0\0\0\0\0\0", 12);
    const std::string counter = text("\x2c\0\1\x80\x0c\0\1\0counter\0\x1c\0\2\x80", 20) + data;
    return text("\x44\0\0\0\x06\x0a\2\0\1\0\0\0\0\0\0\0\2\0\0\0\x30\0\4\x80", 24) + counter;
}

class Session : public ::testing::Test {
protected:
    Session() {
        machine.on_netlink = no_nft_packets;
        before = machine.files;
    }
    Observation run(const Trial& which) {
        return run_trial(machine, journal, which, {.ns_per_instruction = 2, .interface = {}});
    }

    FakeMachine machine;
    Journal journal{machine, ""};
    std::map<std::string, std::string> before;
};

TEST_F(Session, a_trial_measures_and_leaves_the_machine_as_it_was) {
    const Observation observation = run(trial());
    EXPECT_EQ(observation.metrics.at("packets_sent").value, 1000);
    EXPECT_EQ(observation.metrics.at("packets_counted").value, 1000);
    EXPECT_EQ(observation.metrics.at("packets_lost").value, 0);
    EXPECT_EQ(observation.metrics.at("instructions_per_packet").value, 1000);  // 2 us at 2 ns each
    EXPECT_EQ(observation.metrics.at("instructions_per_packet").unit, "instructions/packet");
    EXPECT_EQ(observation.metrics.count("ns_per_packet"), 0u);
    EXPECT_EQ(observation.checks.at("conservation").detail, "sent 1000 = udp.no_ports 1000");
    EXPECT_EQ(observation.checks.at("restored").detail, "6 changes undone");
    EXPECT_TRUE(observation.checks.at("no_splats").ok);
    EXPECT_EQ(observation.facts.at("kernel_release"), "6.12.0-fake");
    EXPECT_LT(observation.facts.at("phase_ns").get<uint64_t>(), 4'000'000u);
    EXPECT_EQ(machine.files, before);
}

TEST_F(Session, the_phase_is_the_round_s_not_the_arm_s) {
    Trial other = trial();
    other.arm = "other";
    other.setup = Json::object();
    EXPECT_EQ(run(trial()).facts.at("phase_ns"), run(other).facts.at("phase_ns"));
}

TEST_F(Session, nothing_happens_between_the_machine_s_rest_and_the_traffic) {
    run(trial());
    int windows = 0;
    for (size_t i = 1; i < machine.log.size(); i++) {
        if (!machine.log[i].ends_with("pgctrl start\n")) continue;
        EXPECT_EQ(machine.log[i - 1], "settle");
        windows++;
    }
    EXPECT_EQ(windows, 2);  // warm-up and window
}

TEST_F(Session, an_interface_is_opened_again_when_the_knobs_are_set) {
    for (const char* end : {"rxlab-gen:/sys/class/net/rxgen0/", "rxlab-dut:/sys/class/net/rxdut0/"})
        for (const char* file : {"carrier", "operstate"})
            machine.files[std::string(end) + file] = "1\n";
    Trial reopened = trial();
    reopened.setup["reopen"] = Json::object();
    std::string budget_then;
    machine.on_run = [&, ip = machine.on_run](FakeSys& sys, const FakeSys::Command& command) {
        if (command.input.starts_with("link set dev rxdut0 down"))
            budget_then = machine.files["/proc/sys/net/core/netdev_budget"];
        return ip(sys, command);
    };
    run(reopened);
    EXPECT_EQ(budget_then, "16\n");
}

TEST_F(Session, whatever_change_fails_the_machine_is_restored) {
    run(trial());
    const int changes = machine.changes;
    for (int n = 0; n < changes; n++) {
        machine.changes = 0;
        machine.fail_at = n;
        try {
            const Observation observation = run(trial());
            EXPECT_FALSE(observation.checks.at("restored").ok)
                << "change " << n << " failed and nobody noticed";
        } catch (const Error&) {
        }
        machine.fail_at = -1;
        EXPECT_THAT(journal.restore(), ElementsAre()) << n;
        EXPECT_EQ(machine.files, before) << "after failure of change " << n;
    }
}

TEST_F(Session, packets_that_reach_no_sink_fail_conservation) {
    machine.lost_per_run = 3;
    const Observation observation = run(trial());
    EXPECT_FALSE(observation.checks.at("conservation").ok);
    EXPECT_EQ(observation.checks.at("conservation").detail,
              "sent 1000, counted 997 (udp.no_ports 997): 3 packets missing");
    EXPECT_EQ(observation.metrics.at("packets_lost").value, 3);
    EXPECT_DOUBLE_EQ(observation.metrics.at("lost_fraction").value, 0.003);
}

TEST_F(Session, the_timed_lane_reports_time) {
    Trial timed = trial();
    timed.lane = Lane::timed;
    const Observation observation = run(timed);
    EXPECT_EQ(observation.metrics.at("ns_per_packet").value, 2000);
    EXPECT_EQ(observation.metrics.at("packets_per_second").value, 500000);
    EXPECT_EQ(observation.metrics.count("instructions_per_packet"), 0u);
}

TEST_F(Session, what_the_kernel_complains_of_makes_the_trial_invalid) {
    machine.says_while_sending =
        "4,11,200,-;------------[ cut here ]------------\n4,12,201,-;WARNING: CPU: 0 PID: 1 at "
        "net/core/dev.c:1\n";
    const Observation observation = run(trial());
    EXPECT_FALSE(observation.checks.at("no_splats").ok);
    EXPECT_EQ(observation.splats.size(), 4u);  // warm-up and window
}

TEST_F(Session, nothing_is_done_on_top_of_what_an_earlier_run_left) {
    journal.record({.what = "something", .argv = {"true"}});
    EXPECT_THROW(run(trial()), Error);
    EXPECT_EQ(machine.files, before);
}

TEST_F(Session, an_unknown_setup_is_named_with_the_nearest) {
    Trial wrong = trial();
    wrong.setup = {{"nfd", Json::object()}};
    try {
        run(wrong);
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "no setup 'nfd'");
        EXPECT_EQ(error.next(), "did you mean 'nft'?");
    }
    EXPECT_EQ(machine.files, before);
}

std::string refusal(FakeMachine& machine, Journal& journal, const std::string& interface) {
    Trial bare = trial();
    bare.setup = bare.knobs = Json::object();
    try {
        run_trial(machine, journal, bare, {.interface = {.names = interface}});
    } catch (const Error& error) {
        return error.what();
    }
    return "accepted";
}

TEST_F(Session, a_user_s_interfaces_have_to_be_a_pair_that_is_up) {
    for (const char* name : {"eth1", "eth2"}) {
        machine.files[fmt::format("/sys/class/net/{}", name)] = "";
        machine.files[fmt::format("/sys/class/net/{}/address", name)] = "02:00:00:00:00:07\n";
    }
    machine.files["/sys/class/net/eth1/flags"] = "0x1003\n";
    machine.files["/sys/class/net/eth2/flags"] = "0x1002\n";
    EXPECT_EQ(refusal(machine, journal, "eth1"),
              "--interface eth1: expected two interfaces that are joined, GEN:DUT");
    EXPECT_THAT(refusal(machine, journal, "eth1:"),
                ::testing::StartsWith("'' is no interface's name"));
    EXPECT_EQ(refusal(machine, journal, "eth1:eth3"), "no interface 'eth3'");
    EXPECT_EQ(refusal(machine, journal, "eth1:eth2"), "interface 'eth2' is down");
    EXPECT_THAT(machine.log, ::testing::Each(::testing::StartsWith("run - head")));
}

TEST(Describe, says_what_a_trial_would_change_and_changes_nothing) {
    Trial bare = trial();
    bare.setup = {{"nft", {{"dst_port", 9}}}, {"xdp", {{"program", "xdp_drop"}}}};
    bare.knobs = {{"sysctl:net.core.somaxconn", 17}};
    const std::vector<std::string> lines = describe_changes(bare);
    EXPECT_THAT(lines, ::testing::IsSupersetOf(
                           {"ip netns add rxlab-gen", "ip netns add rxlab-dut",
                            "rxlab-gen: ip link set dev rxgen0 arp off up",
                            "rxlab-dut: nft add rule ip rxlab drop_point udp dport 9 counter drop",
                            "attach the XDP program xdp_drop (native) to rxdut0"}));
    EXPECT_THAT(lines, ::testing::Contains(
                           ::testing::MatchesRegex("/proc/sys/net/core/somaxconn: [0-9]+ -> 17")));
    EXPECT_EQ(lines.back(), "undo all of it: 5 journal entries, in reverse order");
}

}  // namespace
}  // namespace rxlab
