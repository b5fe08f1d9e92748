// SPDX-License-Identifier: GPL-2.0
// Log2 histograms with eight sub-buckets per power of two, as the probes fill them
// (kmod/include/rxlab/histogram.h).
#pragma once
#include "base/json.h"
#include "kmod/include/rxlab/histogram.h"
#include "metrics/metric.h"

#include <array>
#include <string>

namespace rxlab {

/// Sums over CPUs; values in nanoseconds.
struct Histogram {
    std::array<uint64_t, HISTOGRAM_BUCKETS> counts{};
    uint64_t max = 0, sum = 0;

    uint64_t total() const;
    void add(const ::histogram& cpu);
};

/// Least value of a bucket; of HISTOGRAM_BUCKETS: the end of the last one, 2^32.
uint64_t histogram_edge(size_t bucket);

/// Value at the nearest rank, ceil(fraction * n), placed in its bucket in proportion to its rank
/// there. Off by at most one eighth of the value; exact below 16. The histogram must not be empty.
double percentile(const Histogram& histogram, double fraction);

/// Adds `name`.p50, .p99, .max (none when empty) and .count. Where the table has it in the unit of
/// the clock, the histogram's nanoseconds are told in that.
void report_latency(const std::string& name, const Histogram& histogram, const Clock& clock,
                    Values& values);

/// Adds `name`.per_packet: all of its time, spread over the packets of the window.
void report_per_packet(const std::string& name, const Histogram& histogram, const Clock& clock,
                       uint64_t packets, Values& values);

/// {"unit","edges","counts"} from the first filled bucket to the last, in the unit of `name`.p50.
Json histogram_curve(const std::string& name, const Histogram& histogram, const Clock& clock);

}  // namespace rxlab
