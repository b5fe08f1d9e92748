// SPDX-License-Identifier: GPL-2.0
// Over this machine's loopback: the sockets are real, only their namespaces are not.
#include "base/error.h"
#include "sys/fake_sys.h"
#include "traffic/kinds.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace rxlab {
namespace {

class Sockets : public ::testing::Test {
protected:
    Sockets() {
        sys.files["/run/netns/g"] = sys.files["/run/netns/d"] = "";
        topology.paths = {{{"g", "lo"}, {"d", "lo"}, "", "", address(0), address(1)}};
    }

    /// Of the loopback network, one that no other process of this test has.
    static std::string address(int which) {
        const int pid = ::getpid();
        return fmt::format("127.{}.{}.{}", 1 + 64 * which + (pid >> 16 & 63), pid >> 8 & 255,
                           pid & 255);
    }

    std::unique_ptr<Traffic> made(Json parameters) {
        parameters["port"] = kPort;
        return make_sockets(sys, journal, topology, parameters, 7);
    }

    static constexpr int kPort = 47321;
    FakeSys sys;
    Journal journal{sys, ""};
    Topology topology;
};

TEST_F(Sockets, requests_over_udp_are_all_answered_and_counted_by_the_kernel) {
    const auto traffic = made({{"message_size", 100}});
    traffic->prepare(50);
    const TrafficReport sent = traffic->send();
    EXPECT_EQ(sent.packets, 50u);
    EXPECT_EQ(sent.bytes, 5000u);
    EXPECT_TRUE(traffic->sinks.empty());  // udp.delivered has them
}

TEST_F(Sockets, requests_and_a_stream_over_tcp_are_counted_where_they_are_read) {
    for (const char* pattern : {"request_response", "stream"}) {
        const auto traffic =
            made({{"protocol", "tcp"}, {"pattern", pattern}, {"message_size", 3000}});
        ASSERT_EQ(traffic->sinks.size(), 1u);
        for (const uint64_t messages : {3u, 40u}) {
            const uint64_t before = traffic->sinks[0].read();
            traffic->prepare(messages);
            EXPECT_EQ(traffic->send().packets, messages) << pattern;
            EXPECT_EQ(traffic->sinks[0].read() - before, messages) << pattern;
        }
    }
}

TEST_F(Sockets, a_stream_over_udp_is_refused) {
    EXPECT_THROW(made({{"pattern", "stream"}}), Error);
}

TEST_F(Sockets, two_ends_in_one_namespace_are_refused) {
    topology.paths[0].generator.netns = "d";
    try {
        made(Json::object());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_NE(std::string(error.what()).find("one network namespace"), std::string::npos);
    }
}

TEST_F(Sockets, a_port_that_is_taken_is_told) {
    const auto first = made({{"protocol", "tcp"}});
    try {
        made({{"protocol", "tcp"}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("port 47321"), std::string::npos);
    }
}

}  // namespace
}  // namespace rxlab
