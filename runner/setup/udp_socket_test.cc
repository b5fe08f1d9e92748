// SPDX-License-Identifier: GPL-2.0
// Needs root: a real socket in a namespace of the test's own.
#include "base/error.h"
#include "base/fd.h"
#include "setup/kinds.h"
#include "sys/real_sys.h"
#include "topology/sinks.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace rxlab;

namespace {

constexpr uint16_t kUnused = 9;

class UdpSocketSetup : public testing::Test {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
        for (const auto& argv : {std::vector<std::string>{"ip", "netns", "add", netns_},
                                 {"ip", "-n", netns_, "link", "set", "lo", "up"}})
            run_or_throw(sys_, argv);
        topology_.paths.push_back({.generator = {netns_, "lo"}, .receiver = {netns_, "lo"}});
    }
    void TearDown() override {
        if (geteuid() == 0) run_or_throw(sys_, {"ip", "netns", "del", netns_});
    }
    /// Sends one and binds the same port; true: each went well.
    std::pair<bool, bool> send_and_bind() {
        std::pair<bool, bool> done;
        sys_.in_netns(netns_, [&] {
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_port = htons(kUnused);
            const Fd fd(::socket(AF_INET, SOCK_DGRAM, 0));
            done.first = ::sendto(fd.get(), "x", 1, 0, reinterpret_cast<sockaddr*>(&address),
                                  sizeof(address)) == 1;
            done.second = ::bind(Fd(::socket(AF_INET, SOCK_DGRAM, 0)).get(),
                                 reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
        });
        return done;
    }
    uint64_t sink(const std::vector<Sink>& sinks, const std::string& name) {
        for (const Sink& sink : sinks)
            if (sink.name == name) return sink.read();
        ADD_FAILURE() << "no sink " << name;
        return 0;
    }

    RealSys sys_;
    Journal journal_{sys_, ""};
    Topology topology_;
    const std::string netns_ = "rxlab-test-udp-" + std::to_string(getpid());
};

TEST_F(UdpSocketSetup, every_datagram_is_an_error_and_none_is_answered) {
    const auto sinks = protocol_sinks(sys_, netns_);
    {
        const auto applied =
            apply_udp_socket(sys_, journal_, topology_, {{"port", kUnused}, {"gro", true}});
        EXPECT_EQ(send_and_bind(), std::pair(true, false)) << "the port is taken";
        EXPECT_EQ(sink(sinks, "udp.in_errors"), 1u);
        EXPECT_EQ(sink(sinks, "udp.no_ports"), 0u);
        EXPECT_EQ(sink(applied->sinks, "udp.merged_beyond"), 0u);
        EXPECT_THROW(apply_udp_socket(sys_, journal_, topology_, {{"port", kUnused}}), Error);
    }
    EXPECT_EQ(send_and_bind(), std::pair(true, true)) << "closed with the trial";
    EXPECT_EQ(sink(sinks, "udp.no_ports"), 1u);
}

}  // namespace
