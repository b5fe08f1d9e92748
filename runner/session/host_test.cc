// SPDX-License-Identifier: GPL-2.0
// Whole trials on this machine, in namespaces of our own: needs root and a kernel with veth,
// nftables and BPF.
#include "base/error.h"
#include "base/fd.h"
#include "base/test_folder.h"
#include "session/assembly.h"
#include "session/session.h"
#include "sys/recording_sys.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <thread>

namespace rxlab {
namespace {

using ::testing::HasSubstr;

class Host : public ::testing::Test {
protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root";
        lock = ::open("/run/rxlab-test.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        ASSERT_EQ(::flock(lock, LOCK_EX),
                  0);  // test programs run side by side; these share namespaces' names
        if (real_sys().exists("/run/netns/rxlab-gen"))
            GTEST_SKIP() << "another rxlab run uses this machine";
    }
    void TearDown() override { ::close(lock); }

    static Trial trial(const Json& setup, uint64_t packets, int cpus = 1, int pairs = 1) {
        Trial trial;
        trial.arm = "test";
        trial.lane = Lane::timed;
        trial.seed = 7;
        trial.topology = {{"kind", "veth"}, {"pairs", pairs}, {"queues", cpus}};
        trial.traffic = {{"kind", "live_frames"},
                         {"packets", packets},
                         {"warmup_packets", 1000},
                         {"cpus", cpus},
                         {"udp_dst_port", 9}};
        trial.setup = setup;
        return trial;
    }

    static Observation run(const Trial& trial) {
        Journal journal(real_sys(), "");
        return run_trial(real_sys(), journal, trial, {});
    }

    static void expect_all_in(const char* sink, const Json& setup) {
        constexpr int packets = 20000;
        const Observation observation = run(trial(setup, packets));
        EXPECT_EQ(observation.checks.at("conservation").detail,
                  fmt::format("sent {0} = {1} {0}", packets, sink));
        EXPECT_TRUE(observation.checks.at("restored").ok)
            << observation.checks.at("restored").detail;
        EXPECT_FALSE(real_sys().exists("/run/netns/rxlab-dut"));
    }

    int lock = -1;
};

TEST_F(Host, packets_to_a_closed_port_die_there) {
    expect_all_in("udp.no_ports", Json::object());
}
TEST_F(Host, nft_ingress_drops_are_counted_once) {
    expect_all_in("nft.drop", {{"nft", {{"hook", "ingress"}}}});
}
TEST_F(Host, nft_prerouting_drops_are_counted_once) {
    expect_all_in("nft.drop", {{"nft", {{"hook", "prerouting"}}}});
}
TEST_F(Host, nft_input_drops_are_counted_once) {
    expect_all_in("nft.drop", {{"nft", {{"hook", "input"}}}});
}
TEST_F(Host, tc_drops_are_counted_once) {
    expect_all_in("tc.drop", {{"tc", {{"kind", "bpf"}}}});
}
TEST_F(Host, native_xdp_drops_are_counted_once) {
    expect_all_in("xdp.drop", {{"xdp", {{"program", "xdp_port_drop"}, {"mode", "native"}}}});
}
TEST_F(Host, generic_xdp_drops_are_counted_once) {
    expect_all_in("xdp.drop", {{"xdp", {{"program", "xdp_port_drop"}, {"mode", "generic"}}}});
}
TEST_F(Host, drops_of_a_program_that_counts_nothing_are_the_driver_s) {
    expect_all_in("xdp.drop", {{"xdp", {{"program", "xdp_count_none"}}}});
}

TEST_F(Host, four_million_frames_from_two_cpus_are_all_counted) {
    if (::sysconf(_SC_NPROCESSORS_ONLN) < 2) GTEST_SKIP() << "needs two CPUs";
    const Observation observation = run(trial({{"xdp", {{"program", "xdp_drop"}}}}, 4'000'000, 2));
    EXPECT_TRUE(observation.checks.at("conservation").ok)
        << observation.checks.at("conservation").detail;
    EXPECT_GT(observation.facts.at("generator").at("overlap"), 0);
    RecordProperty("packets_per_second",
                   std::to_string(observation.metrics.at("packets_per_second").value));
    fmt::print("{}; {:.2f} Mpps\n", observation.checks.at("conservation").detail,
               observation.metrics.at("packets_per_second").value / 1e6);
}

TEST_F(Host, every_path_gets_its_share_of_frames_it_accepts) {
    const Observation observation = run(trial(Json::object(), 40000, 1, 4));
    EXPECT_EQ(observation.checks.at("conservation").detail, "sent 40000 = udp.no_ports 40000");
}

TEST_F(Host, collectors_and_probes_report_and_probes_cost_is_apart) {
    Trial probed = trial({{"xdp", {{"program", "xdp_drop"}}}}, 20000);
    probed.collectors = {"xdp_counters", "softnet", "interface", "idle", "softirq"};
    const Observation observation = run(probed);
    EXPECT_EQ(observation.metrics.at("xdp.drop.packets").value, 20000);
    EXPECT_EQ(observation.metrics.count("probe_cost.softirq.ns_per_packet"), 1u);
    EXPECT_EQ(observation.metrics.count("window.idle_ns"), 1u);
    EXPECT_FALSE(observation.curves.empty());
}

TEST_F(Host, knobs_are_set_inside_and_back_afterwards) {
    const std::string before = real_sys().read_file("/proc/sys/net/core/netdev_budget");
    Trial tuned = trial(Json::object(), 1000);
    tuned.knobs = {{"sysctl:net.core.netdev_budget", 17},
                   {"rps:@dut:rxdut0/rx-0", "1"},
                   {"ethtool:@dut:rxdut0/feature/tx-checksum-ip-generic", "off"}};
    EXPECT_TRUE(run(tuned).checks.at("restored").ok);
    EXPECT_EQ(real_sys().read_file("/proc/sys/net/core/netdev_budget"), before);
}

/// The number in "undo all of it: N journal entries", and in "N changes undone".
std::string planned_entries(const Trial& trial, const UserPair& pair = {}) {
    const std::string last = describe_changes(trial, pair).back();
    return last.substr(0, last.find(" journal")).substr(last.rfind(": ") + 2);
}
std::string undone_entries(const Observation& observation) {
    const Check& restored = observation.checks.at("restored");
    EXPECT_TRUE(restored.ok) << restored.detail;
    return restored.detail.substr(0, restored.detail.find(' '));
}

TEST_F(Host, a_plan_has_the_journal_s_entries_whatever_is_set_up) {
    const std::vector<Json> setups = {
        Json::object(),
        {{"bpf_prog", {{"program", "xdp_drop"}}}},
        {{"udp_socket", Json::object()}},
        {{"nft", {{"hook", "ingress"}}}},
        {{"tc", {{"kind", "bpf"}}}},
        {{"port_filter", Json::object()}},
        {{"observer", {{"collector", "napi"}}}},
        {{"xdp", {{"program", "xdp_drop"}}}, {"nft", Json::object()}},
    };
    for (const Json& setup : setups) {
        Trial planned = trial(setup, 100);
        planned.knobs = {{"sysctl:net.core.netdev_budget", 17},
                         {"ethtool:@dut:rxdut0/feature/tx-checksum-ip-generic", "off"}};
        EXPECT_EQ(planned_entries(planned), undone_entries(run(planned))) << setup;
    }
}

/// In a namespace, which stands for the machine whose interfaces they are.
class OwnPair : public Host {
protected:
    void SetUp() override {
        Host::SetUp();
        if (IsSkipped()) return;
        ip({"netns", "add", "rxlab-user"});
        ip({"-n", "rxlab-user", "link", "add", "user0", "type", "veth", "peer", "name", "user1"});
        sys.in_netns("rxlab-user", [&] {
            for (const char* name : {"user0", "user1"}) {
                sys.write_file(fmt::format("/proc/sys/net/ipv6/conf/{}/disable_ipv6", name), "1");
                ip({"link", "set", name, "up"});
            }
        });
    }
    /// What can be told of both ends, where they are.
    std::string state() {
        std::string state;
        for (const std::string name : {"user0", "user1"}) {
            state += run_or_throw(sys, {"ethtool", "-k", name}) +
                     run_or_throw(sys, {"ip", "-d", "address", "show", name});
            for (const std::string kind : {"ipv4/conf", "ipv4/neigh", "ipv6/conf", "ipv6/neigh"})
                state += run_or_throw(
                    sys, {"sh", "-c", "grep -r . /proc/sys/net/" + kind + "/" + name + " || true"});
        }
        return state;
    }
    void TearDown() override {
        sys.run({"ip", "netns", "del", "rxlab-user"});
        Host::TearDown();
    }
    void ip(std::vector<std::string> argv) {
        argv.insert(argv.begin(), "ip");
        run_or_throw(sys, argv);
    }
    Observation measure(const Json& setup, bool force = false) {
        Journal journal(sys, directory_);
        return run_trial(sys, journal, trial(setup, 1000),
                         {.interface = {.names = pair.names, .force = force}});
    }
    void refused(const Json& setup, const std::string& fact, bool force = false) {
        try {
            measure(setup, force);
            ADD_FAILURE() << fact;
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), HasSubstr(fact));
            EXPECT_EQ(error.status(), Status::usage);
        }
    }
    Sys& sys = real_sys();
    const UserPair pair{.names = "user0:user1"};
    const std::string directory_;
};

TEST_F(OwnPair, it_is_measured_and_left_as_it_was) {
    sys.in_netns("rxlab-user", [&] {
        const std::string before = state();
        const Observation observation = measure({{"xdp", {{"program", "xdp_drop"}}}});
        EXPECT_EQ(observation.checks.at("conservation").detail, "sent 1000 = xdp.drop 1000");
        EXPECT_TRUE(observation.checks.at("restored").ok)
            << observation.checks.at("restored").detail;
        EXPECT_EQ(state(), before);
    });
}

/// With IPv6 both ends say things by themselves, and the machine receives on other interfaces.
TEST_F(OwnPair, what_the_machine_itself_sends_and_receives_is_not_counted) {
    sys.in_netns("rxlab-user", [&] {
        for (const char* name : {"user0", "user1"})
            sys.write_file(fmt::format("/proc/sys/net/ipv6/conf/{}/disable_ipv6", name), "0");
        ip({"link", "set", "lo", "up"});
        const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        sockaddr_in closed{};
        closed.sin_family = AF_INET;
        closed.sin_port = htons(9);
        closed.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const std::jthread other([&](const std::stop_token& stop) {
            while (!stop.stop_requested())
                ::sendto(socket.get(), "", 1, 0, reinterpret_cast<sockaddr*>(&closed),
                         sizeof(closed));
        });
        const Observation observation = measure(Json::object());
        EXPECT_EQ(observation.checks.at("conservation").detail, "sent 1000 = udp.no_ports 1000");
    });
}

/// Undone by a process that is elsewhere.
TEST_F(OwnPair, after_a_kill_it_is_back_in_its_namespace) {
    const TestFolder folder;
    std::string before;
    sys.in_netns("rxlab-user", [&] { before = state(); });
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            sys.in_netns("rxlab-user", [&] {
                Journal journal(sys, folder.path());
                const Assembly assembly =
                    assemble(sys, journal, trial({{"xdp", {{"program", "xdp_drop"}}}}, 1000), pair);
                ::kill(::getpid(), SIGKILL);
            });
        } catch (const std::exception& error) {
            fmt::print("{}\n", error.what());
        }
        ::_exit(1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(sys.run({"ip", "-n", "rxlab-dut", "link", "show", "user1"}).status, 0);

    Journal journal(sys, folder.path());
    EXPECT_THAT(journal.restore(), ::testing::IsEmpty());
    for (const char* netns : {"rxlab-home", "rxlab-gen", "rxlab-dut"})
        EXPECT_FALSE(sys.exists(std::string("/run/netns/") + netns));
    sys.in_netns("rxlab-user", [&] { EXPECT_EQ(state(), before); });
}

TEST_F(OwnPair, one_whose_name_is_taken_meanwhile_is_kept_until_it_can_go_back) {
    sys.in_netns("rxlab-user", [&] {
        const std::string before = state();
        Journal journal(sys, directory_);
        user_interfaces(sys, journal, pair);
        ip({"link", "add", "name", "user1", "type", "veth", "peer", "name", "other"});
        EXPECT_THAT(journal.restore(),
                    ::testing::ElementsAre(HasSubstr("user1 goes back to where it was")));
        ip({"link", "del", "user1"});
        EXPECT_THAT(journal.restore(), ::testing::IsEmpty());
        EXPECT_EQ(state(), before);
    });
}

TEST_F(OwnPair, its_plan_has_the_journal_s_entries_too) {
    sys.in_netns("rxlab-user", [&] {
        for (const Json& setup : std::vector<Json>{
                 Json::object(), {{"xdp", {{"program", "xdp_drop"}}}}, {{"tc", {{"kind", "bpf"}}}}})
            EXPECT_EQ(planned_entries(trial(setup, 1000), pair), undone_entries(measure(setup)))
                << setup;
    });
}

TEST_F(OwnPair, a_value_that_the_driver_would_refuse_is_refused_before_anything_is_touched) {
    sys.in_netns("rxlab-user", [&] {
        RecordingSys watched(sys, RecordingSys::Mode::pass_on);
        Journal journal(watched, directory_);
        Trial tuned = trial({{"xdp", {{"program", "xdp_drop"}}}}, 1000);
        tuned.knobs = {{"ethtool:user0/feature/rx-gro", "on"}, {"ethtool:user1/channel/rx", 9999}};
        try {
            run_trial(watched, journal, tuned, {.interface = pair});
            ADD_FAILURE() << "accepted";
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), HasSubstr("knob ethtool:user1/channel/rx: 9999 is above the "
                                                "driver's maximum, "));
            EXPECT_EQ(error.status(), Status::usage);
        }
        EXPECT_THAT(watched.changes(), ::testing::IsEmpty());
        EXPECT_THAT(journal.pending(), ::testing::IsEmpty());
    });
}

TEST_F(OwnPair, what_somebody_else_has_there_is_neither_used_nor_deleted) {
    sys.in_netns("rxlab-user", [&] {
        run_or_throw(sys, {"tc", "qdisc", "add", "dev", "user1", "clsact"});
        ip({"link", "add", "mine", "type", "veth", "peer", "name", "peer"});
        run_or_throw(sys, {"nft", "add table ip rxlab"});
        const auto what_is_there = [&] {
            return run_or_throw(sys, {"tc", "qdisc", "show", "dev", "user1"}) +
                   run_or_throw(sys, {"ip", "-o", "link", "show", "mine"}) +
                   run_or_throw(sys, {"nft", "list", "ruleset"});
        };
        const std::string before = what_is_there();
        const bool force = true;
        refused(Json::object(), "interface 'user1' has a qdisc of its own, clsact");
        refused({{"tc", {{"kind", "bpf"}}}}, "user1 has an ingress or clsact qdisc already", force);
        refused({{"link", {{"name", "mine"}}}}, "interface 'mine' exists already", force);
        const TestFolder folder;  // of whose journal the table has its tag
        {
            Journal journal(sys, folder.path());
            EXPECT_EQ(undone_entries(run_trial(sys, journal, trial({{"nft", Json::object()}}, 1000),
                                               {.interface = {pair.names, force}})),
                      "3");
        }
        EXPECT_EQ(what_is_there(), before);
    });
}

TEST_F(OwnPair, interfaces_that_the_machine_uses_are_refused_without_force) {
    sys.in_netns("rxlab-user", [&] {
        ip({"address", "add", "192.0.2.1/24", "dev", "user1"});
        refused(Json::object(), "interface 'user1' has the address 192.0.2.1");
        EXPECT_EQ(undone_entries(measure(Json::object(), /*force=*/true)), "2");
        ip({"address", "flush", "dev", "user1"});
        ip({"address", "add", "169.254.3.4/16", "scope", "link", "dev", "user1"});
        refused(Json::object(), "interface 'user1' has the address 169.254.3.4");
        ip({"address", "flush", "dev", "user1"});
        ip({"route", "add", "203.0.113.0/24", "dev", "user1", "table", "77"});
        refused(Json::object(), "interface 'user1' has a route to 203.0.113.0/24");
        ip({"route", "flush", "table", "77"});
        ip({"neigh", "add", "192.0.2.7", "lladdr", "02:00:00:00:00:07", "nud", "permanent", "dev",
            "user1"});
        refused(Json::object(), "interface 'user1' has the permanent neighbour 192.0.2.7");
        ip({"neigh", "del", "192.0.2.7", "dev", "user1"});
        ip({"route", "add", "default", "dev", "user1"});
        refused(Json::object(), "interface 'user1' has the default route");
        ip({"route", "del", "default"});
        ip({"link", "add", "bridge0", "type", "bridge"});
        ip({"link", "set", "user1", "master", "bridge0"});
        refused(Json::object(), "interface 'user1' belongs to bridge0");
    });
}

/// kill -9 in the middle; another process finds the journal.
TEST_F(Host, what_a_killed_trial_left_is_undone_by_the_next_process) {
    const TestFolder folder;
    Trial tuned = trial({{"nft", Json::object()}, {"xdp", {{"program", "xdp_drop"}}}}, 1000);
    tuned.knobs = {{"sysctl:net.core.netdev_budget", 17}};
    const std::string before = real_sys().read_file("/proc/sys/net/core/netdev_budget");
    const pid_t child = ::fork();
    if (child == 0) {
        Journal journal(real_sys(), folder.path());
        const Assembly assembly = assemble(real_sys(), journal, tuned, {});
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(real_sys().read_file("/proc/sys/net/core/netdev_budget"), "17\n");
    EXPECT_TRUE(real_sys().exists("/run/netns/rxlab-dut"));

    Journal journal(real_sys(), folder.path());
    EXPECT_THROW(run_trial(real_sys(), journal, tuned, {}), Error);
    EXPECT_THAT(journal.restore(), ::testing::IsEmpty());
    EXPECT_EQ(real_sys().read_file("/proc/sys/net/core/netdev_budget"), before);
    EXPECT_FALSE(real_sys().exists("/run/netns/rxlab-dut"));
    EXPECT_FALSE(real_sys().exists("/run/netns/rxlab-gen"));
}

}  // namespace
}  // namespace rxlab
