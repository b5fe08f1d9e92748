// SPDX-License-Identifier: GPL-2.0
#include "metrics/metric.h"

#include "base/error.h"

#include <gtest/gtest.h>
#include <set>

namespace rxlab {
namespace {

TEST(MetricTable, finds_rows_by_name_and_pattern) {
    EXPECT_STREQ(metric_row("instructions_per_packet").unit, "instructions/packet");
    EXPECT_EQ(metric_row("probe_cost.softirq.instructions_per_packet").metric_class,
              MetricClass::descriptive);
    EXPECT_EQ(metric_row("softirq.net_rx.raise_to_entry.p99").metric_class, MetricClass::latency);
    EXPECT_EQ(metric_row("softirq.net_rx.entry_to_exit.per_packet").metric_class,
              MetricClass::latency);
    EXPECT_EQ(metric_row("softirq.net_rx.entry_to_exit.p99").metric_class, MetricClass::descriptive)
        << "a run serves what it finds";
    EXPECT_EQ(metric_row("softirq.net_rx.entry_to_exit.count").metric_class,
              MetricClass::descriptive);
    EXPECT_EQ(metric_row("irq.entry_to_exit.per_packet").metric_class, MetricClass::latency);
    EXPECT_EQ(metric_row("irq.24.entry_to_exit.max").metric_class, MetricClass::descriptive);
    EXPECT_EQ(metric_row("interface.rx_dropped").metric_class, MetricClass::loss);
    EXPECT_EQ(metric_row("interface.rx_packets").metric_class, MetricClass::descriptive);
    EXPECT_STREQ(metric_row("packets_per_second").better, "higher");
}

TEST(MetricTable, shows_what_it_does_not_know_but_never_ranks_it) {
    EXPECT_EQ(metric_row("something_new").metric_class, MetricClass::descriptive);
    EXPECT_STREQ(metric_row("something_new").better, "none");
}

/// Names as the rooms put them, with all that is said of each. A row of this list fails where two
/// rows of the table would fit and the wrong one stands first.
struct Said {
    const char* name;
    const char* unit;  ///< under the clock of the counted lane
    const char* better;
    MetricClass metric_class;
};
const Said kSaid[] = {
    {"open_loop.wire_to_verdict.count", "frames", "none", MetricClass::descriptive},
    {"open_loop.wire_to_verdict.p99", "instructions", "lower", MetricClass::latency},
    {"open_loop.offered_per_second", "packets/s", "none", MetricClass::descriptive},
    {"ring.raise_to_handler.count", "interrupts", "none", MetricClass::descriptive},
    {"ring.handler_to_consumer.count", "wakeups", "none", MetricClass::descriptive},
    {"ring.handler_to_consumer.max", "instructions", "lower", MetricClass::latency},
    {"ring.wire_bytes_per_record", "bytes/record", "none", MetricClass::descriptive},
    {"ring.doorbells_per_record", "1/record", "none", MetricClass::descriptive},
    {"ring.wire_engine_ns", "ns", "none", MetricClass::descriptive},
    {"ring.wire_dropped_bytes", "bytes", "none", MetricClass::descriptive},
    {"ring.wire_dropped_records", "records", "lower", MetricClass::loss},
    {"ring.fault_torn", "", "lower", MetricClass::loss},
    {"softirq.net_rx.raise_to_entry.count", "softirqs", "none", MetricClass::descriptive},
    {"softirq.net_rx.raise_to_entry.p50", "instructions", "lower", MetricClass::latency},
    {"softirq.net_rx.entry_to_exit.per_packet", "instructions/packet", "lower",
     MetricClass::latency},
    {"softirq.net_rx.entry_to_exit.p99", "instructions", "none", MetricClass::descriptive},
    {"irq.entry_to_exit.count", "interrupts", "none", MetricClass::descriptive},
    {"irq.24.count", "interrupts", "none", MetricClass::descriptive},
    {"wakeup.ksoftirqd.count", "wakeups", "none", MetricClass::descriptive},
    {"wakeup.napi.p99", "instructions", "lower", MetricClass::latency},
    {"victim.wakeup.count", "wakeups", "none", MetricClass::descriptive},
    {"victim.wakeup.max", "instructions", "lower", MetricClass::latency},
    {"napi.packets_per_poll.count", "polls", "none", MetricClass::descriptive},
    {"napi.packets_per_poll.p50", "packets", "none", MetricClass::descriptive},
    {"napi.exhausted_polls", "polls", "none", MetricClass::descriptive},
    {"frame_age.count", "frames", "none", MetricClass::descriptive},
    {"softnet.time_squeeze", "polls", "none", MetricClass::descriptive},
    {"link.rx_missed_errors", "packets", "lower", MetricClass::loss},
    {"link.rx_dropped", "packets", "lower", MetricClass::loss},
    {"link.rx_bytes", "bytes", "none", MetricClass::descriptive},
    {"link.multicast", "packets", "none", MetricClass::descriptive},
    {"driver.rx_no_buffer_count", "", "none", MetricClass::descriptive},
    {"drops.packets", "packets", "none", MetricClass::descriptive},
    {"softnet.dropped", "packets", "lower", MetricClass::loss},
    {"softnet.processed", "packets", "none", MetricClass::descriptive},
    {"interface.rx_bytes", "bytes", "none", MetricClass::descriptive},
    {"interface.tx_errors", "packets", "lower", MetricClass::loss},
    {"bpftrace.softirq_time.serving_ns.net_rx", "ns", "none", MetricClass::descriptive},
    {"bpftrace.napi_polls.polls", "1", "none", MetricClass::descriptive},
    {"probe_cost.bpftrace.napi_polls.ns_per_record", "ns/record", "none", MetricClass::descriptive},
    {"xdp.drop.bytes", "bytes", "none", MetricClass::descriptive},
    {"window.executed_instructions", "instructions", "none", MetricClass::descriptive},
};

TEST(MetricTable, says_one_unit_and_direction_of_each_name) {
    for (const Said& said : kSaid) {
        Metrics metrics;
        describe({{said.name, 1}}, clock_of(2), metrics);
        EXPECT_EQ(metrics.at(said.name).unit, said.unit) << said.name;
        EXPECT_EQ(metrics.at(said.name).better, said.better) << said.name;
        EXPECT_EQ(metric_row(said.name).metric_class, said.metric_class) << said.name;
    }
}

TEST(MetricTable, durations_are_told_in_the_unit_of_the_clock) {
    Metrics metrics;
    describe({{"victim.wakeup.p99", 7}}, Clock(), metrics);
    EXPECT_EQ(metrics.at("victim.wakeup.p99").unit, "ns");
}

TEST(MetricTable, a_name_without_a_row_is_not_put) {
    Metrics metrics;
    EXPECT_THROW(describe({{"something_new", 1}}, Clock(), metrics), Error);
    EXPECT_TRUE(metrics.empty());
}

TEST(MetricTable, a_corrected_unit_leaves_the_hash_as_it_was) {
    EXPECT_EQ(hashed_unit("open_loop.wire_to_verdict.count", "frames"), "interrupts");
    EXPECT_EQ(hashed_unit("open_loop.offered_per_second", "packets/s"), "");
    EXPECT_EQ(hashed_unit("victim.wakeup.p99", "instructions"), "instructions");
}

TEST(MetricTable, every_row_is_the_first_that_fits_its_own_pattern) {
    for (const MetricRow& row : metric_table()) {
        std::string name = row.pattern;
        for (size_t star; (star = name.find('*')) != std::string::npos;) name.replace(star, 1, "x");
        EXPECT_STREQ(metric_row(name).pattern, row.pattern) << "is hidden by a row above it";
    }
}

TEST(MetricTable, descriptive_rows_have_no_direction_and_others_have_one) {
    const std::set<std::string> directions{"lower", "higher"};
    for (const MetricRow& row : metric_table())
        EXPECT_EQ(row.metric_class != MetricClass::descriptive, directions.contains(row.better))
            << row.pattern;
}

}  // namespace
}  // namespace rxlab
