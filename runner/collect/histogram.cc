// SPDX-License-Identifier: GPL-2.0
#include "collect/histogram.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rxlab {

uint64_t Histogram::total() const {
    return std::accumulate(counts.begin(), counts.end(), uint64_t{0});
}

void Histogram::add(const ::histogram& cpu) {
    for (size_t i = 0; i < counts.size(); ++i) counts[i] += cpu.counts[i];
    max = std::max<uint64_t>(max, cpu.max);
    sum += cpu.sum;
}

// The inverse of histogram_bucket(): bucket = 8 * halvings + leading bits, and the leading bits
// are 8..15.
uint64_t histogram_edge(size_t bucket) {
    const size_t sub_buckets = 1 << HISTOGRAM_SUB_BITS;
    if (bucket < sub_buckets) return bucket;
    const size_t halvings = bucket / sub_buckets - 1;
    return static_cast<uint64_t>(bucket - halvings * sub_buckets) << halvings;
}

double percentile(const Histogram& histogram, double fraction) {
    const double rank = std::max(1.0, std::ceil(fraction * static_cast<double>(histogram.total())));
    double below = 0;
    size_t bucket = 0;
    while (below + static_cast<double>(histogram.counts[bucket]) < rank)
        below += static_cast<double>(histogram.counts[bucket++]);
    const auto low = static_cast<double>(histogram_edge(bucket));
    const double span = static_cast<double>(histogram_edge(bucket + 1)) - 1 - low;
    const double share = (rank - below - 0.5) / static_cast<double>(histogram.counts[bucket]);
    return std::min(low + span * share, static_cast<double>(histogram.max));
}

namespace {

/// The row of the values that come from a histogram's buckets.
const MetricRow& row_of(const std::string& name) {
    return metric_row(name + ".p50");
}

/// What a bucket's number is divided by: a histogram of something else than time has its own unit.
double per_unit(const std::string& name, const Clock& clock) {
    return in_clock(row_of(name)) ? clock.ns : 1;
}

}  // namespace

void report_latency(const std::string& name, const Histogram& histogram, const Clock& clock,
                    Values& values) {
    const double unit = per_unit(name, clock);
    values[name + ".count"] = static_cast<double>(histogram.total());
    if (histogram.total() == 0) return;
    values[name + ".p50"] = percentile(histogram, 0.50) / unit;
    values[name + ".p99"] = percentile(histogram, 0.99) / unit;
    values[name + ".max"] = static_cast<double>(histogram.max) / unit;
}

void report_per_packet(const std::string& name, const Histogram& histogram, const Clock& clock,
                       uint64_t packets, Values& values) {
    if (histogram.total() > 0 && packets > 0)
        values[name + ".per_packet"] =
            static_cast<double>(histogram.sum) / clock.ns / static_cast<double>(packets);
}

Json histogram_curve(const std::string& name, const Histogram& histogram, const Clock& clock) {
    const double unit = per_unit(name, clock);
    const auto filled = [](uint64_t count) { return count > 0; };
    const auto& counts = histogram.counts;
    const auto first = std::find_if(counts.begin(), counts.end(), filled);
    const auto last = std::find_if(counts.rbegin(), counts.rend(), filled).base();
    Json curve{{"unit", unit_of(row_of(name), clock)},
               {"edges", Json::array()},
               {"counts", Json::array()}};
    if (first == counts.end()) return curve;
    for (auto it = first; it <= last; ++it)
        curve["edges"].push_back(
            static_cast<double>(histogram_edge(static_cast<size_t>(it - counts.begin()))) / unit);
    for (auto it = first; it < last; ++it) curve["counts"].push_back(*it);
    return curve;
}

}  // namespace rxlab
