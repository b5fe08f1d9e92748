// SPDX-License-Identifier: GPL-2.0
#include "session/user_pair.h"

#include "base/error.h"
#include "sys/fake_sys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using ::testing::HasSubstr;

std::string refusal(Sys& sys, const std::string& names) {
    try {
        user_interfaces(sys, {.names = names});
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_FALSE(error.next().empty());
        return error.what();
    }
    return "";
}

FakeSys with_interfaces() {
    FakeSys sys;
    for (const char* name : {"eth0", "eth1", "lo"}) {
        const std::string folder = std::string("/sys/class/net/") + name;
        sys.files[folder + "/operstate"] = "up\n";
        sys.files[folder + "/address"] = "02:00:00:00:00:01\n";
        sys.files[folder + "/type"] = name == std::string("lo") ? "772\n" : "1\n";
    }
    sys.on_run = [](FakeSys&, const FakeSys::Command& command) {
        const bool route = command.argv[2] != "address";
        return CommandResult{0, route ? "[]" : "[{}]", ""};
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
    sys.files["/sys/class/net/eth1/operstate"] = "down\n";
    EXPECT_THAT(refusal(sys, "eth0:eth1"), HasSubstr("interface 'eth1' is down"));
}

TEST(UserPair, a_free_pair_is_taken_and_nothing_is_changed) {
    FakeSys sys = with_interfaces();
    const Topology topology = user_interfaces(sys, {.names = "eth0:eth1"});
    ASSERT_EQ(topology.paths.size(), 1u);
    EXPECT_EQ(topology.paths[0].generator.name, "eth0");
    EXPECT_EQ(topology.paths[0].receiver.name, "eth1");
    for (const std::string& line : sys.log) EXPECT_THAT(line, HasSubstr("ip -j")) << line;
}

TEST(UserPair, ports_lose_frames_where_nics_do) {
    FakeSys sys = with_interfaces();
    const auto has = [&](const char* name) {
        const Topology topology = user_interfaces(sys, {.names = "eth0:eth1"});
        return std::any_of(topology.sinks.begin(), topology.sinks.end(),
                           [&](const Sink& sink) { return sink.name == name; });
    };
    EXPECT_TRUE(has("veth.rx_dropped"));
    sys.files["/sys/class/net/eth1/device/vendor"] = "0x8086\n";
    EXPECT_TRUE(has("nic.no_buffer"));
    EXPECT_FALSE(has("veth.rx_dropped"));
    EXPECT_TRUE(user_interfaces(sys, {.names = "eth0:eth1"}).fresh_skbs);
}

}  // namespace
}  // namespace rxlab
