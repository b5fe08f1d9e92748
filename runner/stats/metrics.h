// SPDX-License-Identifier: GPL-2.0
// What a metric is (name, unit, direction, class), and what each lane can see.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rxlab {

enum class MetricClass {
    cost_instructions,  ///< executed instructions per packet or record
    time,               ///< ns, packets per second
    latency,            ///< of a histogram; instructions in the counted lane, ns in the timed lane
    loss,               ///< packets or updates that went missing
    descriptive,        ///< shown, never ranked
};
const char* to_string(MetricClass metric_class);

/// A row of the metric table. The first row whose pattern fits a name holds.
struct MetricRow {
    const char* pattern;  ///< '*' stands for any part of a name
    const char* unit;     ///< empty: the collector says
    const char* better;   ///< "lower", "higher" or "none"
    MetricClass metric_class;
    double resolution;  ///< relative step below which two readings cannot be told apart
    const char* summary;
};
std::span<const MetricRow> metric_table();
const MetricRow& metric_row(std::string_view name);

/// A row of the lane table: the metric classes a lane can rank and the mechanisms it can see.
struct LaneRow {
    const char* lane;
    std::vector<MetricClass> classes;
    std::vector<std::string> mechanisms;
};
std::span<const LaneRow> lane_table();

/// Why `lane` cannot rank a metric of this class where arms differ by `mechanisms`; empty: it can.
std::string why_not_visible(std::string_view lane, MetricClass metric_class,
                            const std::vector<std::string>& mechanisms);

}  // namespace rxlab
