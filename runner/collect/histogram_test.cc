// SPDX-License-Identifier: GPL-2.0
#include "collect/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

using namespace rxlab;

namespace {

Histogram filled(const std::vector<uint64_t>& samples) {
    ::histogram raw{};
    for (const uint64_t sample : samples) histogram_add(&raw, sample);
    Histogram out;
    out.add(raw);
    return out;
}

uint64_t nearest_rank(std::vector<uint64_t> samples, double fraction) {
    std::sort(samples.begin(), samples.end());
    const auto rank = static_cast<size_t>(
        std::max(1.0, std::ceil(fraction * static_cast<double>(samples.size()))));
    return samples[rank - 1];
}

/// Log-uniform over what latencies may be, so that every bucket is met.
std::vector<uint64_t> samples_of(std::mt19937_64& random) {
    std::vector<uint64_t> samples(1 + random() % 400);
    for (uint64_t& sample : samples) sample = (random() >> 32) >> (random() % 32);
    return samples;
}

}  // namespace

TEST(Histogram, buckets_tile_the_range_without_gaps) {
    EXPECT_EQ(histogram_edge(0), 0u);
    EXPECT_EQ(histogram_edge(HISTOGRAM_BUCKETS), 1ULL << 32);
    for (size_t bucket = 0; bucket < HISTOGRAM_BUCKETS; ++bucket) {
        EXPECT_EQ(histogram_bucket(histogram_edge(bucket)), bucket);
        EXPECT_EQ(histogram_bucket(histogram_edge(bucket + 1) - 1), bucket);
    }
}

TEST(Histogram, buckets_are_no_wider_than_an_eighth_of_their_values) {
    for (size_t bucket = 1; bucket < HISTOGRAM_BUCKETS; ++bucket)
        EXPECT_LE(histogram_edge(bucket + 1) - histogram_edge(bucket),
                  std::max<uint64_t>(1, histogram_edge(bucket) / 8));
}

TEST(Histogram, values_beyond_the_range_go_to_the_last_bucket_and_keep_their_maximum) {
    const Histogram histogram = filled({uint64_t{1} << 40});
    EXPECT_EQ(histogram.counts.back(), 1u);
    EXPECT_EQ(histogram.max, uint64_t{1} << 40);
}

TEST(Percentile, is_within_an_eighth_of_the_sorted_samples_value) {
    std::mt19937_64 random(1);
    for (int round = 0; round < 500; ++round) {
        const auto samples = samples_of(random);
        const Histogram histogram = filled(samples);
        for (const double fraction : {0.0, 0.01, 0.5, 0.9, 0.99, 1.0}) {
            const auto exact = static_cast<double>(nearest_rank(samples, fraction));
            EXPECT_NEAR(percentile(histogram, fraction), exact, exact / 8)
                << "fraction " << fraction;
        }
    }
}

TEST(Percentile, never_exceeds_the_maximum_and_never_falls_as_the_fraction_grows) {
    std::mt19937_64 random(2);
    for (int round = 0; round < 200; ++round) {
        const Histogram histogram = filled(samples_of(random));
        double previous = 0;
        for (double fraction = 0; fraction <= 1; fraction += 0.05) {
            const double value = percentile(histogram, fraction);
            EXPECT_GE(value, previous);
            EXPECT_LE(value, static_cast<double>(histogram.max));
            previous = value;
        }
    }
}

TEST(ReportLatency, tells_instructions_where_the_clock_counts_them) {
    const std::string name = "softirq.net_rx.raise_to_entry";
    Values values;
    report_latency(name, filled({8, 8, 8}), clock_of(2), values);
    EXPECT_EQ(values.at(name + ".p50"), 4);
    EXPECT_EQ(values.at(name + ".count"), 3);
    report_latency(name, filled({8, 8, 8}), Clock(), values);
    EXPECT_EQ(values.at(name + ".p50"), 8);
}

TEST(ReportLatency, a_histogram_of_anything_but_time_knows_no_clock) {
    Values values;
    report_latency("napi.packets_per_poll", filled({8, 8, 8}), clock_of(2), values);
    EXPECT_EQ(values.at("napi.packets_per_poll.p50"), 8);
    EXPECT_EQ(histogram_curve("napi.packets_per_poll", filled({8}), clock_of(2)).at("unit"),
              "packets");
}

TEST(ReportPerPacket, spreads_the_whole_time_over_the_packets) {
    Values values;
    report_per_packet("softirq.net_rx.entry_to_exit", filled({100, 300}), clock_of(2), 50, values);
    EXPECT_EQ(values.at("softirq.net_rx.entry_to_exit.per_packet"), 4);
    report_per_packet("irq.entry_to_exit", Histogram{}, clock_of(2), 50, values);
    EXPECT_EQ(values.size(), 1u);
}

TEST(ReportLatency, of_nothing_is_a_count_of_zero_only) {
    Values values;
    report_latency("irq.entry_to_exit", Histogram{}, Clock(), values);
    EXPECT_EQ(values, (Values{{"irq.entry_to_exit.count", 0}}));
}

TEST(HistogramCurve, has_one_edge_more_than_counts_and_no_empty_ends) {
    const Json curve = histogram_curve("victim.wakeup", filled({5, 7, 7}), Clock());
    EXPECT_EQ(curve, Json::parse(R"({"unit":"ns","edges":[5.0,6.0,7.0,8.0],"counts":[1,0,2]})"));
    EXPECT_TRUE(histogram_curve("victim.wakeup", Histogram{}, Clock()).at("edges").empty());
}
