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

LatencyUnit::LatencyUnit(double ns_per_instruction)
    : name(ns_per_instruction > 0 ? "instructions" : "ns"),
      ns(ns_per_instruction > 0 ? ns_per_instruction : 1) {}

void report_latency(const std::string& name, const std::string& counted, const char* better,
                    const Histogram& histogram, const LatencyUnit& unit, Metrics& metrics) {
    const auto total = static_cast<double>(histogram.total());
    metrics[name + ".count"] = {total, counted, "none"};
    if (total == 0) return;
    metrics[name + ".p50"] = {percentile(histogram, 0.50) / unit.ns, unit.name, better};
    metrics[name + ".p99"] = {percentile(histogram, 0.99) / unit.ns, unit.name, better};
    metrics[name + ".max"] = {static_cast<double>(histogram.max) / unit.ns, unit.name, better};
}

void report_per_packet(const std::string& name, const Histogram& histogram, const LatencyUnit& unit,
                       uint64_t packets, Metrics& metrics) {
    if (histogram.total() > 0 && packets > 0)
        metrics[name + ".per_packet"] = {
            static_cast<double>(histogram.sum) / unit.ns / static_cast<double>(packets),
            unit.name + "/packet", "lower"};
}

Json histogram_curve(const Histogram& histogram, const LatencyUnit& unit) {
    const auto filled = [](uint64_t count) { return count > 0; };
    const auto& counts = histogram.counts;
    const auto first = std::find_if(counts.begin(), counts.end(), filled);
    const auto last = std::find_if(counts.rbegin(), counts.rend(), filled).base();
    Json curve{{"unit", unit.name}, {"edges", Json::array()}, {"counts", Json::array()}};
    if (first == counts.end()) return curve;
    for (auto it = first; it <= last; ++it)
        curve["edges"].push_back(
            static_cast<double>(histogram_edge(static_cast<size_t>(it - counts.begin()))) /
            unit.ns);
    for (auto it = first; it < last; ++it) curve["counts"].push_back(*it);
    return curve;
}

}  // namespace rxlab
