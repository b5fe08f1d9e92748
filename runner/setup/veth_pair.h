// SPDX-License-Identifier: GPL-2.0
// For tests, needs root: real datagrams over a veth pair between two namespaces of the test's own.
#pragma once
#include "base/error.h"
#include "setup/setup.h"
#include "sys/bpf.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace rxlab {

inline constexpr uint64_t kDatagrams = 64;
inline constexpr uint16_t kPort = 9;

class VethPair : public testing::Test {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
        for (const std::string& netns : {generator_, receiver_}) {
            ip({"netns", "add", netns});
            sys_.in_netns(netns, [&] {
                sys_.write_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
            });
        }
        ip({"-n", generator_, "link", "add", "rxs0", "type", "veth", "peer", "name", "rxs1",
            "netns", receiver_});
        ip({"-n", receiver_, "link", "set", "rxs1", "address", "02:00:00:00:00:02", "up"});
        ip({"-n", generator_, "link", "set", "rxs0", "up"});
        ip({"-n", generator_, "address", "add", "192.0.2.1/24", "dev", "rxs0"});
        ip({"-n", generator_, "neighbour", "add", "192.0.2.2", "lladdr", "02:00:00:00:00:02", "dev",
            "rxs0"});
        topology_.paths.push_back(
            {.generator = {generator_, "rxs0"}, .receiver = {receiver_, "rxs1"}});
    }
    void TearDown() override {
        if (geteuid() != 0) return;
        journal_.restore();
        for (const std::string& netns : {generator_, receiver_})
            sys_.run({"ip", "netns", "del", netns});
    }
    void ip(std::vector<std::string> argv) {
        argv.insert(argv.begin(), "ip");
        run_or_throw(sys_, argv);
    }
    void send_datagrams() {
        sys_.in_netns(generator_, [] {
            const int fd = socket(AF_INET, SOCK_DGRAM, 0);
            sockaddr_in to{};
            to.sin_family = AF_INET;
            to.sin_port = htons(kPort);
            inet_pton(AF_INET, "192.0.2.2", &to.sin_addr);
            for (uint64_t i = 0; i < kDatagrams; ++i)
                sendto(fd, "x", 1, 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
            close(fd);
        });
    }
    static uint64_t read(const Applied& applied, const std::string& name) {
        for (const Sink& sink : applied.sinks)
            if (sink.name == name) return sink.read();
        throw Error(Status::invalid, "no sink " + name);
    }
    /// Drops that `name` counts of the datagrams sent, once they arrived.
    uint64_t drops(const Applied& applied) {
        const uint64_t before = read(applied, "xdp.drop");
        send_datagrams();
        for (int i = 0; i < 100 && read(applied, "xdp.drop") < before + kDatagrams; ++i)
            sys_.sleep_ns(2'000'000);
        return read(applied, "xdp.drop") - before;
    }
    bool attached() { return xdp_attached(sys_, receiver_, "rxs1").has_value(); }

    Sys& sys_ = real_sys();
    const std::string generator_ = "rxlab-setup-test-g-" + std::to_string(getpid());
    const std::string receiver_ = "rxlab-setup-test-r-" + std::to_string(getpid());
    Journal journal_{sys_, ""};
    Topology topology_;
};

}  // namespace rxlab
