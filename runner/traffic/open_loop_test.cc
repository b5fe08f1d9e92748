// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "metrics/metric.h"
#include "sys/fake_ethtool.h"
#include "sys/fake_sys.h"
#include "traffic/hex.h"
#include "traffic/kinds.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cstring>

namespace rxlab {
namespace {

class OpenLoopTest : public ::testing::Test {
protected:
    OpenLoopTest() {
        topology.paths.push_back({{"rxlab-gen", "rxnic0"},
                                  {"rxlab-dut", "rxnic1"},
                                  "02:00:00:00:00:01",
                                  "02:00:00:00:00:02",
                                  "10.99.0.1",
                                  "10.99.0.2"});
        sys.files["/run/netns/rxlab-dut"] = "";
        for (const char* file : {"source", "source_frames", "latency"})
            sys.files[folder + file] = "";
        sys.on_ioctl = [this](const std::string&, unsigned long, void* argument) {
            const uint64_t offered = sys.files[folder + "source"].empty()
                                         ? 0
                                         : 1000;  // as soon as it is asked again, all have come
            answer_ethtool(
                {{"rx_frames", offered - offered / 4}, {"wire_dropped_records", offered / 4}},
                argument);
        };
    }
    std::unique_ptr<Traffic> make() {
        return make_open_loop(sys, journal, topology,
                              {{"packets", 1000}, {"rate", 50000}, {"packet_size", 128}}, 42);
    }

    const std::string folder = "rxlab-dut:/sys/class/net/rxnic1/rxnic/";
    FakeSys sys;
    Journal journal{sys, ""};
    Topology topology;
};

TEST_F(OpenLoopTest, the_wire_gets_one_whole_frame_a_rate_and_a_count) {
    const auto traffic = make();
    const std::string list = sys.files[folder + "source_frames"];
    uint32_t length = 0;
    ASSERT_GE(list.size(), sizeof length + 128);
    std::memcpy(&length, list.data(), sizeof length);
    EXPECT_EQ(length, 128u);
    traffic->prepare(1000);
    traffic->send();
    EXPECT_THAT(sys.files[folder + "source"], ::testing::StartsWith("50000 1000"));
}

TEST_F(OpenLoopTest, a_list_of_frames_goes_to_the_wire_as_it_is) {
    const auto traffic =
        make_open_loop(sys, journal, topology,
                       {{"packets", 5},
                        {"rate", 50000},
                        {"frames", {to_hex(std::string(60, 'a')), to_hex(std::string(100, 'b'))}}},
                       42);
    EXPECT_THAT(sys.files[folder + "source_frames"],
                ::testing::StartsWith(std::string("\x3c\0\0\0", 4) + std::string(60, 'a') +
                                      std::string("\x64\0\0\0", 4) + std::string(100, 'b')));
    traffic->prepare(5);
    sys.files[folder + "latency"] = "0 0 0\n";
    EXPECT_EQ(traffic->send().bytes, 3u * 60 + 2 * 100);
}

TEST_F(OpenLoopTest, what_was_dropped_and_how_long_the_others_waited_is_told) {
    const auto traffic = make();
    traffic->prepare(1000);
    sys.files[folder + "latency"] = "3 60 30\n8 2\n20 1\n";
    const TrafficReport sent = traffic->send();
    EXPECT_EQ(sent.packets, 1000u);
    EXPECT_EQ(sent.busy_packets, 0u)
        << "the CPU idles between frames: time per packet would say nothing";
    EXPECT_DOUBLE_EQ(sent.metrics.at("open_loop.dropped_fraction"), 0.25);
    EXPECT_DOUBLE_EQ(sent.metrics.at("open_loop.delivered_per_second"), 37500);
    const Histogram& latency = sent.latencies.at("open_loop.wire_to_verdict");
    EXPECT_EQ(latency.total(), 3u);
    EXPECT_EQ(latency.max, 30u);
    for (const auto& [name, value] : sent.metrics)
        EXPECT_NE(metric_row(name).pattern, std::string("*")) << name;
}

TEST_F(OpenLoopTest, more_than_the_wire_takes_is_refused_with_the_figures) {
    const Json frames(std::vector<std::string>(700, to_hex(std::string(1514, 'a'))));
    try {
        make_open_loop(sys, journal, topology,
                       {{"packets", 5}, {"rate", 50000}, {"frames", frames}}, 42);
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), ::testing::HasSubstr("700 frames are 1062600 bytes"));
    }
}

TEST_F(OpenLoopTest, an_interface_without_such_a_wire_is_refused) {
    sys.files.erase(folder + "source");
    EXPECT_THROW(make(), Error);
}

}  // namespace
}  // namespace rxlab
