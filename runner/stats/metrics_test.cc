// SPDX-License-Identifier: GPL-2.0
#include "stats/metrics.h"

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

TEST(MetricTable, descriptive_rows_have_no_direction_and_others_have_one) {
    const std::set<std::string> directions{"lower", "higher"};
    for (const MetricRow& row : metric_table())
        EXPECT_EQ(row.metric_class != MetricClass::descriptive, directions.contains(row.better))
            << row.pattern;
}

TEST(Visibility, a_lane_ranks_only_its_own_class_of_metric) {
    EXPECT_EQ(why_not_visible("counted", MetricClass::cost_instructions, {"instructions"}), "");
    EXPECT_EQ(why_not_visible("counted", MetricClass::time, {"instructions"}),
              "the counted lane does not rank time");
    EXPECT_EQ(why_not_visible("counted", MetricClass::loss, {"instructions"}),
              "the counted lane does not rank loss");
    EXPECT_EQ(why_not_visible("timed", MetricClass::cost_instructions, {"instructions"}),
              "the timed lane does not rank cost_instructions");
    EXPECT_EQ(why_not_visible("functional", MetricClass::time, {"correctness"}),
              "the functional lane does not rank time");
    EXPECT_EQ(why_not_visible("timed", MetricClass::descriptive, {"cache"}),
              "descriptive, not ranked");
}

TEST(Visibility, one_visible_mechanism_is_enough) {
    EXPECT_EQ(why_not_visible("functional", MetricClass::loss, {"contention", "correctness"}), "");
    EXPECT_EQ(
        why_not_visible("counted", MetricClass::cost_instructions, {"contention", "correctness"}),
        "the counted lane cannot see contention, correctness");
    EXPECT_EQ(why_not_visible("functional", MetricClass::loss, {"cache"}), "")
        << "a lost packet is lost whatever the arms change";
}

TEST(Visibility, every_mechanism_is_seen_by_the_timed_lane) {
    for (const char* mechanism : {"instructions", "cache", "atomics", "contention", "parallelism",
                                  "latency", "correctness"})
        EXPECT_EQ(why_not_visible("timed", MetricClass::time, {mechanism}), "") << mechanism;
}

}  // namespace
}  // namespace rxlab
