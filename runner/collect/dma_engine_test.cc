// SPDX-License-Identifier: GPL-2.0
#include "collect/collector.h"
#include "sys/fake_sys.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

constexpr const char* kStats = "/sys/kernel/debug/vdma/stats";

Values measured(FakeSys& sys, const Window& window) {
    Values values;
    Json curves;
    const auto collector = collector_named("dma_engine").make(sys, {});
    collector->start();
    if (sys.files.contains(kStats))
        sys.files[kStats] =
            "dma0chan0.periods 9\ndma0chan0.engine_ns 7000\ndma0chan1.engine_ns "
            "500\nwire0.engine_ns 7500\n";
    collector->stop();
    collector->report(window, values, curves);
    return values;
}

TEST(DmaEngine, is_the_channels_own_time_per_packet_in_the_lanes_unit) {
    FakeSys sys;
    sys.files[kStats] =
        "dma0chan0.periods 4\ndma0chan0.engine_ns 1000\ndma0chan1.engine_ns 100\nwire0.engine_ns "
        "1100\n";
    const Values counted = measured(sys, {.packets = 10, .ns = 50000, .clock = clock_of(2)});
    ASSERT_EQ(counted.size(), 1u);
    EXPECT_EQ(counted.at("engine.instructions_per_packet"), 320);
    sys.files[kStats] = "dma0chan0.engine_ns 7000\ndma0chan1.engine_ns 500\n";
    EXPECT_EQ(measured(sys, {.packets = 10, .ns = 50000}).at("engine.ns_per_packet"), 0);
}

TEST(DmaEngine, says_nothing_where_there_is_none) {
    FakeSys sys;
    EXPECT_TRUE(measured(sys, {.packets = 10, .ns = 50000, .clock = clock_of(2)}).empty());
}

}  // namespace
}  // namespace rxlab
