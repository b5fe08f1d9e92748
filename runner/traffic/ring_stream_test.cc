// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "kmod/include/rxlab/ring_uapi.h"
#include "metrics/metric.h"
#include "sys/fake_sys.h"
#include "traffic/kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

class RingStreamTest : public ::testing::Test {
protected:
    RingStreamTest() {
        sys.files[DMA_RING_DEVICE] = "";
        sys.on_ioctl = [this](const std::string& device, unsigned long request, void* argument) {
            EXPECT_EQ(device, DMA_RING_DEVICE);
            EXPECT_EQ(request, DMA_RING_RUN);
            auto& run = *static_cast<dma_ring_run*>(argument);
            asked.push_back(run);
            run.counters = {};
            run.counters.sent = run.records;
            run.counters.wire_dropped_records = run.records / 10;
            run.counters.gap_records = run.records / 20;
            run.counters.received = run.records - run.records / 10 - run.records / 20 - lost;
            run.counters.wire_rx_bytes = 2 << 20;
            run.counters.interrupts = 6;
            run.counters.callbacks = 4;
            run.counters.elapsed_ns = 10'000;
            run.counters.idle_ns = 1'000;
            run.counters.wire_engine_ns = 4'000;
            run.to_handler = {};
            run.to_handler.counts[8] = 3;
        };
    }
    std::unique_ptr<Traffic> make(const Json& parameters) {
        return make_ring_stream(sys, journal, {}, parameters, 42);
    }

    FakeSys sys;
    Journal journal{sys, ""};
    std::vector<dma_ring_run> asked;
    uint64_t lost = 0;
};

TEST_F(RingStreamTest, asks_for_what_the_experiment_says) {
    const auto traffic =
        make({{"records", 100}, {"payload_min", 8}, {"payload_max", 512}, {"quiet_ms", 70}});
    traffic->prepare(1000);
    traffic->send();
    ASSERT_EQ(asked.size(), 1u);
    EXPECT_EQ(asked[0].version, unsigned{DMA_RING_VERSION});
    EXPECT_EQ(asked[0].records, 1000u);
    EXPECT_EQ(asked[0].payload_min, 8u);
    EXPECT_EQ(asked[0].payload_max, 512u);
    EXPECT_EQ(asked[0].quiet_ms, 70u);
    EXPECT_EQ(asked[0].seed, 42u) << "lengths and contents follow from the trial's seed";
}

TEST_F(RingStreamTest, every_record_ends_in_a_sink_or_is_lost) {
    const auto traffic = make({{"records", 1000}});
    traffic->prepare(1000);
    const auto grown = [&] {
        uint64_t sum = 0;
        for (const Sink& sink : traffic->sinks) sum += sink.read();
        return sum;
    };
    traffic->send();
    EXPECT_EQ(grown(), 1000u);
    lost = 7;
    traffic->send();
    EXPECT_EQ(grown(), 1993u) << "sinks only grow";
}

TEST_F(RingStreamTest, idle_time_and_the_engine_s_are_told_apart) {
    const auto traffic = make({{"records", 1000}});
    traffic->prepare(1000);
    const TrafficReport sent = traffic->send();
    EXPECT_EQ(sent.busy_ns, 10'000u);
    EXPECT_EQ(sent.excluded_ns, 5'000u);
    EXPECT_EQ(sent.metrics.at("ring.interrupts_per_mib"), 5);
    EXPECT_DOUBLE_EQ(sent.metrics.at("ring.counted_loss_fraction"), 0.15);
    EXPECT_EQ(sent.latencies.at("ring.raise_to_handler").total(), 3u);
}

TEST_F(RingStreamTest, has_a_row_of_the_metrics_table_for_whatever_it_tells) {
    const auto traffic = make({{"records", 1000}});
    traffic->prepare(1000);
    for (const auto& [name, value] : traffic->send().metrics)
        EXPECT_TRUE(std::string(metric_row(name).pattern).starts_with("ring.")) << name;
}

TEST_F(RingStreamTest, says_what_is_missing) {
    EXPECT_THROW(make({{"records", 1}, {"payload_min", 9}, {"payload_max", 8}}), Error);
    sys.files.clear();
    try {
        make({{"records", 1}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_THAT(error.next(), testing::HasSubstr("dma_ring"));
    }
}

}  // namespace
}  // namespace rxlab
