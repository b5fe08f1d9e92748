// SPDX-License-Identifier: GPL-2.0
// What a metric is. One table owns every fact about it: its unit and direction, what may be ranked
// by it, what it counts, and how a change of it is said. Whoever measures puts a name and a value.
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace rxlab {

enum class MetricClass {
    cost_instructions,  ///< executed instructions per packet or record
    time,               ///< ns, packets per second
    latency,            ///< of a histogram, in the unit of the clock
    loss,               ///< packets or updates that went missing
    descriptive,        ///< shown, never ranked
};
const char* to_string(MetricClass metric_class);

/// What durations are told in: instructions where the clock counts them, else nanoseconds.
struct Clock {
    const char* unit = "ns";
    double ns = 1;  ///< nanoseconds per unit
    bool counts_instructions() const { return std::string_view(unit) != "ns"; }
};
/// @param ns_per_instruction 0: the clock counts no instructions.
Clock clock_of(double ns_per_instruction);

/// How a metric is said; null: by the metric's name, "has" and "lower" or "higher".
struct Phrase {
    const char* verb = nullptr;  ///< "ARM needs 0.62x
    const char* noun = nullptr;  ///< the instructions of BASELINE"
    const char* less = nullptr;  ///< "20 % fewer
    const char* more = nullptr;  ///< (or more)
    const char* of = nullptr;    ///< instructions per packet"
};

/// Before the name of a metric: what of it is left without the generator's part, which an arm of
/// the experiment measures alone ("generator": true).
inline constexpr std::string_view kNet = "net.";

/// A row of the metric table. The first row whose pattern fits a name holds.
struct MetricRow {
    const char* pattern;  ///< '*' stands for any part of a name
    const char* unit;     ///< "{clock}" in it stands for the clock's; empty: a plain count of what
                          ///< the name says
    const char* better;   ///< "lower", "higher" or "none"
    MetricClass metric_class;
    double resolution;    ///< relative step below which two readings cannot be told apart
    const char* summary;  ///< what it is, or counts
    Phrase phrase = {};
    /// The unit that observations_sha256 is made with, where rxlab once wrote another than `unit`:
    /// the same observation keeps its hash. Null: the unit itself.
    const char* hashed_unit = nullptr;
};
std::span<const MetricRow> metric_table();
/// The row of `name`; the last one, "*", for a name that nobody knows.
const MetricRow& metric_row(std::string_view name);

std::string unit_of(const MetricRow& row, const Clock& clock);
/// Is the metric a duration, told in the unit of the clock?
bool in_clock(const MetricRow& row);
/// The unit as observations_sha256 has it, of a metric that says `unit`.
std::string hashed_unit(std::string_view name, const std::string& unit);

/// A metric as documents have it.
struct Metric {
    double value = 0;
    std::string unit;    ///< "instructions/packet", "ns", "packets", "1", ...
    std::string better;  ///< "lower", "higher" or "none" (descriptive only)
};
using Metrics = std::map<std::string, Metric>;

/// What a collector or a traffic generator puts.
using Values = std::map<std::string, double>;
/// Adds `values` with the unit and direction that the table has for them.
/// @throws Error(Status::invalid): no row but "*" fits a name.
void describe(const Values& values, const Clock& clock, Metrics& metrics);

}  // namespace rxlab
