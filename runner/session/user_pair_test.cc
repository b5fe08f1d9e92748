// SPDX-License-Identifier: GPL-2.0
#include "session/user_pair.h"

#include "base/error.h"
#include "sys/fake_sys.h"
#include "topology/namespaces.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Topology taken(Sys& sys, const UserPair& pair) {
    Journal journal(sys, "");
    return user_interfaces(sys, journal, pair);
}

std::string refusal(Sys& sys, const std::string& names) {
    try {
        taken(sys, {.names = names});
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_FALSE(error.next().empty());
        return error.what();
    }
    return "";
}

/// An interface is there, and has a link.
void move(FakeSys& sys, const std::string& folder) {
    sys.files[folder + "/carrier"] = "1\n";
    sys.files[folder + "/operstate"] = "up\n";
}

/// What a question is answered with.
void answer(FakeSys& sys, const std::string& word, const std::string& json) {
    sys.on_run = [before = sys.on_run, word, json](FakeSys& machine,
                                                   const FakeSys::Command& command) {
        const auto& argv = command.argv;
        return std::find(argv.begin(), argv.end(), word) == argv.end() ? before(machine, command)
                                                                       : CommandResult{0, json, ""};
    };
}

FakeSys with_interfaces() {
    FakeSys sys;
    for (const char* name : {"eth0", "eth1", "lo"}) {
        const std::string folder = std::string("/sys/class/net/") + name;
        sys.files[folder + "/flags"] = "0x1003\n";
        move(sys, folder);
        sys.files[folder + "/address"] = "02:00:00:00:00:01\n";
        sys.files[folder + "/type"] = name == std::string("lo") ? "772\n" : "1\n";
    }
    sys.on_run = [](FakeSys& machine, const FakeSys::Command& command) {
        const std::vector<std::string>& argv = command.argv;
        if (argv[2] == "attach") machine.files["/run/netns/" + argv[3]] = "";
        if (command.input.starts_with("netns add"))
            for (const char* netns : {kGenerator, kReceiver})
                machine.files[std::string("/run/netns/") + netns] = "";
        if (argv[1] == "link" && argv[4] == "netns" && argv[5] != "rxlab-home")
            move(machine, argv[5] + ":/sys/class/net/" + argv[3]);
        return CommandResult{0, argv[2] == "address" ? "[{}]" : "[]", ""};
    };
    return sys;
}

TEST(UserPair, names_that_are_no_pair_are_refused) {
    FakeSys sys = with_interfaces();
    EXPECT_THAT(refusal(sys, "eth0"), HasSubstr("expected two interfaces that are joined"));
    EXPECT_THAT(refusal(sys, "eth0:eth0"), HasSubstr("both ends are one interface"));
    EXPECT_THAT(refusal(sys, "lo:eth0"), HasSubstr("is the loopback"));
    EXPECT_THAT(refusal(sys, "eth0:eth9"), HasSubstr("no interface 'eth9'"));
    for (const char* end : {"", ".", "../net/eth1"})
        EXPECT_THAT(refusal(sys, std::string("eth0:") + end), HasSubstr("is no interface's name"));
    sys.files["/sys/class/net/eth1/flags"] = "0x1002\n";
    EXPECT_THAT(refusal(sys, "eth0:eth1"), HasSubstr("interface 'eth1' is down"));
}

TEST(UserPair, a_port_whose_link_is_negotiated_anew_is_not_down) {
    FakeSys sys = with_interfaces();
    sys.files["/sys/class/net/eth0/operstate"] = "down\n";
    sys.files["/sys/class/net/eth0/carrier"] = "0\n";
    EXPECT_EQ(refusal(sys, "eth0:eth1"), "");
}

TEST(UserPair, each_end_of_a_free_pair_gets_a_namespace_and_an_address) {
    FakeSys sys = with_interfaces();
    const Topology topology = taken(sys, {.names = "eth0:eth1"});
    ASSERT_EQ(topology.paths.size(), 1u);
    EXPECT_EQ(topology.paths[0].generator.name, "eth0");
    EXPECT_EQ(topology.paths[0].generator.netns, kGenerator);
    EXPECT_EQ(topology.paths[0].receiver.name, "eth1");
    EXPECT_EQ(topology.paths[0].receiver.netns, kReceiver);
}

/// The default and eth0 have IPv6, eth1 has not.
FakeSys with_a_setting_of_eth1() {
    FakeSys sys = with_interfaces();
    for (const char* name : {"default", "eth0"})
        sys.files[fmt::format("/proc/sys/net/ipv6/conf/{}/disable_ipv6", name)] = "0\n";
    sys.files["/proc/sys/net/ipv6/conf/eth1/disable_ipv6"] = "1\n";
    return sys;
}

TEST(UserPair, they_go_back_with_what_was_set_of_them_before_their_namespaces_go) {
    FakeSys sys = with_a_setting_of_eth1();
    Journal journal(sys, "");
    user_interfaces(sys, journal, {.names = "eth0:eth1"});
    std::vector<std::string> undone;
    for (auto undo = journal.pending().rbegin(); undo != journal.pending().rend(); ++undo)
        undone.push_back(undo->netns + " " + undo->what);
    EXPECT_THAT(undone,
                ElementsAre("rxlab-dut eth1 goes back to where it was",
                            "rxlab-home /proc/sys/net/ipv6/conf/eth1/disable_ipv6",
                            "rxlab-home eth1 is up",  //
                            "rxlab-gen eth0 goes back to where it was", "rxlab-home eth0 is up",
                            " the name rxlab-home of this network namespace",
                            " network namespace rxlab-gen", " network namespace rxlab-dut"));
}

/// What ends a return, as the kernel does it.
CommandResult go_home(FakeSys& sys, const FakeSys::Command& command) {
    const std::vector<std::string>& argv = command.argv;
    if (argv[1] == "netns" && argv[2] == "del") sys.files.erase("/run/netns/" + argv[3]);
    if (argv[1] != "link" || argv[4] != "netns") return {};
    std::erase_if(sys.files, [&](const auto& file) {
        return file.first.starts_with(command.netns + ":/sys/class/net/" + argv[3]);
    });
    move(sys, "rxlab-home:/sys/class/net/" + argv[3]);
    sys.files[fmt::format("rxlab-home:/proc/sys/net/ipv6/conf/{}/disable_ipv6", argv[3])] = "0\n";
    return {};
}

TEST(UserPair, where_one_cannot_go_back_its_namespaces_and_settings_wait_for_it) {
    FakeSys sys = with_a_setting_of_eth1();
    Journal journal(sys, "");
    user_interfaces(sys, journal, {.names = "eth0:eth1"});
    bool name_is_taken = true;
    sys.on_run = [&](FakeSys& machine, const FakeSys::Command& command) {
        if (name_is_taken && command.netns == kReceiver && command.argv[1] == "link")
            return CommandResult{2, "", "RTNETLINK answers: File exists"};
        return go_home(machine, command);
    };
    EXPECT_THAT(journal.restore(), ElementsAre(HasSubstr("eth1 goes back to where it was: ")));
    EXPECT_THAT(journal.notes(),
                Each(HasSubstr(": waits until this is undone: eth1 goes back to where it was")));
    std::vector<std::string> left;
    for (const Undo& undo : journal.pending()) left.push_back(undo.what);
    EXPECT_THAT(left, ElementsAre("network namespace rxlab-dut",
                                  "the name rxlab-home of this network namespace", "eth1 is up",
                                  "/proc/sys/net/ipv6/conf/eth1/disable_ipv6",
                                  "eth1 goes back to where it was"));
    name_is_taken = false;
    EXPECT_THAT(journal.restore(), IsEmpty());
    EXPECT_THAT(journal.pending(), IsEmpty());
    EXPECT_THAT(sys.files["rxlab-home:/proc/sys/net/ipv6/conf/eth1/disable_ipv6"], HasSubstr("1"));
    for (const char* netns : {kGenerator, kReceiver, "rxlab-home"})
        EXPECT_FALSE(sys.exists(std::string("/run/netns/") + netns)) << netns;
}

TEST(UserPair, one_that_the_machine_uses_is_refused_and_by_force_stays_where_it_is) {
    const struct {
        const char *question, *json, *fact;
    } uses[] = {
        {"address", R"([{"addr_info": [{"scope": "global", "local": "192.0.2.1"}]}])",
         "has the address 192.0.2.1"},
        {"address",
         R"([{"addr_info": [{"family": "inet", "scope": "link", "local": "169.254.3.4"}]}])",
         "has the address 169.254.3.4"},
        {"address",
         R"([{"addr_info": [{"family": "inet6", "scope": "link", "local": "fe80::1"},
                            {"family": "inet6", "scope": "link", "local": "fe80::2",
                             "protocol": "kernel_ll"}]}])",
         "has the address fe80::1"},
        {"address",
         R"([{"addr_info": [{"family": "inet6", "scope": "link", "local": "fe80::1"},
                            {"family": "inet6", "scope": "link", "local": "fe80::2"}]}])",
         "has the address fe80::2"},
        {"address", R"([{"master": "br0"}])", "belongs to br0"},
        {"/sys/class/net/eth0/upper_eth0.5", "", "carries eth0.5"},
        {"route", R"([{"dst": "default"}])", "has the default route"},
        {"route", R"([{"dst": "198.51.100.0/24", "protocol": "static"}])",
         "has a route to 198.51.100.0/24"},
        {"all", R"([{"dst": "203.0.113.0/24", "table": "77"}])", "has a route to 203.0.113.0/24"},
        {"neigh", R"([{"dst": "192.0.2.7", "state": ["PERMANENT"]}])",
         "has the permanent neighbour 192.0.2.7"},
        {"qdisc", R"([{"kind": "clsact", "handle": "ffff:"}])", "has a qdisc of its own, clsact"},
    };
    for (const auto& use : uses) {
        FakeSys sys = with_interfaces();
        if (use.question[0] == '/')
            sys.files[use.question] = use.json;
        else
            answer(sys, use.question, use.json);
        EXPECT_THAT(refusal(sys, "eth0:eth1"), HasSubstr(use.fact));
        const Topology topology = taken(sys, {.names = "eth0:eth1", .force = true});
        EXPECT_THAT(topology.paths[0].receiver.netns, IsEmpty());
        for (const std::string& line : sys.log) EXPECT_THAT(line, HasSubstr(" -j ")) << line;
    }
}

TEST(UserPair, what_every_interface_has_is_no_use_of_it) {
    for (const char* tells_who : {"", R"(, "protocol": "kernel_ll")"}) {
        FakeSys sys = with_interfaces();
        sys.files["/sys/class/net/eth0/lower_eth9"] = "";
        answer(sys, "address",
               fmt::format(R"([{{"addr_info": [{{"family": "inet6",
                                               "scope": "link", "local": "fe80::2"{}}}]}}])",
                           tells_who));
        answer(sys, "-6", R"([{"dst": "fe80::/64", "protocol": "kernel"},
                              {"dst": "fe80::2", "type": "local", "table": "local",
                               "protocol": "kernel"},
                              {"dst": "ff00::/8", "type": "multicast", "table": "local"}])");
        answer(sys, "qdisc", R"([{"kind": "mq", "handle": "0:"}])");
        EXPECT_EQ(taken(sys, {.names = "eth0:eth1"}).paths[0].receiver.netns, kReceiver);
    }
}

TEST(UserPair, by_force_a_free_pair_stays_where_it_is_too) {
    FakeSys sys = with_interfaces();
    const Path path = taken(sys, {.names = "eth0:eth1", .force = true}).paths[0];
    EXPECT_THAT(path.generator.netns, IsEmpty());
    EXPECT_THAT(path.receiver.netns, IsEmpty());
    EXPECT_THAT(sys.log, IsEmpty());
}

TEST(UserPair, one_that_cannot_change_its_namespace_can_stay_by_force) {
    FakeSys sys = with_interfaces();
    sys.on_run = [before = sys.on_run](FakeSys& machine, const FakeSys::Command& command) {
        return command.argv[1] == "link" && command.argv[4] == "netns"
                   ? CommandResult{2, "", "RTNETLINK answers: Invalid argument"}
                   : before(machine, command);
    };
    try {
        taken(sys, {.names = "eth0:eth1"});
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("Invalid argument"));
        EXPECT_THAT(error.next(), HasSubstr("--force"));
    }
}

TEST(UserPair, ports_lose_frames_where_nics_do) {
    FakeSys sys = with_interfaces();
    bool hardware = false;
    const auto has = [&](const char* name) {
        sys = with_interfaces();
        if (hardware) sys.files["/sys/class/net/eth1/device/vendor"] = "0x8086\n";
        const Topology topology = taken(sys, {.names = "eth0:eth1"});
        EXPECT_EQ(topology.fresh_skbs, hardware);
        return std::any_of(topology.sinks.begin(), topology.sinks.end(),
                           [&](const Sink& sink) { return sink.name == name; });
    };
    EXPECT_TRUE(has("veth.rx_dropped"));
    hardware = true;
    EXPECT_TRUE(has("nic.no_buffer"));
    EXPECT_FALSE(has("veth.rx_dropped"));
}

}  // namespace
}  // namespace rxlab
