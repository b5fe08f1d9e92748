// SPDX-License-Identifier: GPL-2.0
#include "metrics/lane.h"

#include <gtest/gtest.h>
#include <set>

#include "base/error.h"

namespace rxlab {
namespace {

TEST(Delta, of_the_counted_lane_is_the_largest_of_its_three_rules) {
    const MetricRow& cost = metric_row("instructions_per_packet");
    EXPECT_DOUBLE_EQ(relative_delta(Lane::counted, cost, 10000, 0), 0.001);
    EXPECT_DOUBLE_EQ(relative_delta(Lane::counted, cost, 1500, 0), 0.002)
        << "3 of 1500 instructions";
    EXPECT_DOUBLE_EQ(relative_delta(Lane::counted, cost, 10000, 0.004), 0.004) << "the null floor";
}

TEST(Delta, of_the_timed_lane_is_two_percent_or_the_aa_floor) {
    const MetricRow& time = metric_row("ns_per_packet");
    EXPECT_DOUBLE_EQ(relative_delta(Lane::timed, time, 1, 0), 0.02);
    EXPECT_DOUBLE_EQ(relative_delta(Lane::timed, time, 1, 0.05), 0.05);
}

TEST(Delta, is_no_finer_than_a_histograms_bucket) {
    EXPECT_DOUBLE_EQ(
        relative_delta(Lane::counted, metric_row("softirq.net_rx.raise_to_entry.p99"), 5000, 0),
        0.125);
}

TEST(Visibility, a_lane_ranks_only_its_own_class_of_metric) {
    EXPECT_EQ(why_not_visible(Lane::counted, MetricClass::cost_instructions, {"instructions"}), "");
    EXPECT_EQ(why_not_visible(Lane::counted, MetricClass::time, {"instructions"}),
              "the counted lane does not rank time");
    EXPECT_EQ(why_not_visible(Lane::counted, MetricClass::loss, {"instructions"}),
              "the counted lane does not rank loss");
    EXPECT_EQ(why_not_visible(Lane::timed, MetricClass::cost_instructions, {"instructions"}),
              "the timed lane does not rank cost_instructions");
    EXPECT_EQ(why_not_visible(Lane::functional, MetricClass::time, {"correctness"}),
              "the functional lane does not rank time");
    EXPECT_EQ(why_not_visible(Lane::timed, MetricClass::descriptive, {"cache"}),
              "descriptive, not ranked");
}

TEST(Visibility, one_visible_mechanism_is_enough) {
    EXPECT_EQ(why_not_visible(Lane::functional, MetricClass::loss, {"contention", "correctness"}),
              "");
    EXPECT_EQ(why_not_visible(Lane::counted, MetricClass::cost_instructions,
                              {"contention", "correctness"}),
              "the counted lane cannot see contention, correctness");
    EXPECT_EQ(why_not_visible(Lane::functional, MetricClass::loss, {"cache"}), "")
        << "a lost packet is lost whatever the arms change";
}

TEST(Visibility, every_mechanism_is_seen_by_the_timed_lane) {
    for (const char* mechanism : {"instructions", "cache", "atomics", "contention", "parallelism",
                                  "latency", "correctness"})
        EXPECT_EQ(why_not_visible(Lane::timed, MetricClass::time, {mechanism}), "") << mechanism;
}

}  // namespace
}  // namespace rxlab
