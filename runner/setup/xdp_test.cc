// SPDX-License-Identifier: GPL-2.0
// Needs root: real datagrams over a veth pair between two namespaces of the test's own.
#include "setup/kinds.h"

#include "base/error.h"
#include "bpf/names.h"
#include "sys/bpf.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace rxlab;

namespace {

constexpr uint64_t kDatagrams = 64;
constexpr uint16_t kPort = 9;

class Xdp : public testing::Test {
protected:
    void SetUp() override {
        if (geteuid() != 0)
            GTEST_SKIP() << "needs root";
        for (const std::string& netns : {generator_, receiver_}) {
            ip({"netns", "add", netns});
            sys_.in_netns(netns, [&] { sys_.write_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1"); });
        }
        ip({"-n", generator_, "link", "add", "rxs0", "type", "veth", "peer", "name", "rxs1", "netns", receiver_});
        ip({"-n", receiver_, "link", "set", "rxs1", "address", "02:00:00:00:00:02", "up"});
        ip({"-n", generator_, "link", "set", "rxs0", "up"});
        ip({"-n", generator_, "address", "add", "192.0.2.1/24", "dev", "rxs0"});
        ip({"-n", generator_, "neighbour", "add", "192.0.2.2", "lladdr", "02:00:00:00:00:02", "dev", "rxs0"});
        topology_.paths.push_back({.generator = {generator_, "rxs0"}, .receiver = {receiver_, "rxs1"}});
    }
    void TearDown() override {
        if (geteuid() != 0)
            return;
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
            if (sink.name == name)
                return sink.read();
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

} // namespace

TEST_F(Xdp, EveryDroppedDatagramIsCountedOnceAndTheJournalDetaches) {
    for (const char* mode : {"native", "generic"}) {
        SCOPED_TRACE(mode);
        const auto applied = apply_xdp(sys_, journal_, topology_,
                                       {{"program", "xdp_port_drop"}, {"mode", mode}, {"config", {{"drop_port", kPort}}}});
        EXPECT_TRUE(attached());
        EXPECT_EQ(drops(*applied), kDatagrams);
        EXPECT_THAT(journal_.restore(), testing::IsEmpty());
        EXPECT_FALSE(attached());
    }
}

TEST_F(Xdp, AProgramThatCountsNothingIsCountedByTheDriver) {
    const auto applied = apply_xdp(sys_, journal_, topology_, {{"program", "xdp_count_none"}, {"mode", "native"}});
    EXPECT_EQ(drops(*applied), kDatagrams);
}

TEST_F(Xdp, AProgramThatNobodyCountsIsRefused) {
    EXPECT_THROW(apply_xdp(sys_, journal_, topology_, {{"program", "xdp_count_none"}, {"mode", "generic"}}), Error);
    EXPECT_THAT(journal_.restore(), testing::IsEmpty());
    EXPECT_FALSE(attached());
}

TEST_F(Xdp, AnothersProgramIsNeitherReplacedNorDetached) {
    const BpfObject theirs = load_bpf("xdp_pass");
    attach_xdp(sys_, receiver_, "rxs1", theirs.program(), XdpMode::native);
    const uint32_t id = xdp_attached(sys_, receiver_, "rxs1")->id;
    EXPECT_THROW(apply_xdp(sys_, journal_, topology_, {{"program", "xdp_drop"}}), Error);
    journal_.restore();
    EXPECT_EQ(xdp_attached(sys_, receiver_, "rxs1")->id, id);
}

TEST_F(Xdp, AVanishedNamespaceNeedsNoDetaching) {
    const auto applied = apply_xdp(sys_, journal_, topology_, {{"program", "xdp_drop"}});
    ip({"netns", "del", receiver_});
    EXPECT_THAT(journal_.restore(), testing::IsEmpty());
}

TEST_F(Xdp, ADetachmentThatSomeoneElseDidAlreadyIsNoFailure) {
    const auto applied = apply_xdp(sys_, journal_, topology_, {{"program", "xdp_drop"}});
    ip({"-n", receiver_, "link", "set", "dev", "rxs1", "xdpdrv", "off"});
    EXPECT_THAT(journal_.restore(), testing::IsEmpty());
}

TEST_F(Xdp, ALoadedProgramIsGoneWithItsSetup) {
    EXPECT_NO_THROW(apply_bpf_prog(sys_, journal_, topology_, {{"program", "xdp_drop"}}));
    EXPECT_THAT(journal_.pending(), testing::IsEmpty());
}

TEST(XdpSchema, OffersTheProgramsThereAre) {
    const Json schema = Json::parse(kXdpSchema);
    EXPECT_EQ(schema.at("properties").at("program").at("enum"), Json::parse("[" RXLAB_XDP_NAMES "]"));
    EXPECT_TRUE(Json::parse(kBpfProgSchema).is_object());
}
