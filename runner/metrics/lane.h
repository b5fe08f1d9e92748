// SPDX-License-Identifier: GPL-2.0
// What a lane is: where its clock comes from, how its trials are made, what it can rank and see,
// and how it is told to people. One row per lane; everything else asks the row.
#pragma once
#include "base/json.h"
#include "metrics/metric.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rxlab {

enum class Lane { counted, timed, functional };

/// The smallest difference that counts: the greatest of these, the null floor, and the metric's
/// resolution.
struct DeltaRule {
    double relative;          ///< of the value before
    double instructions = 0;  ///< per packet or record; 0: no such limit
};

struct LaneRow {
    Lane lane;
    const char* name;
    const char* gives;  ///< in a word or two, for the help of --lane

    // The machine.
    bool in_guest_only;  ///< a host has nothing that counts for it
    bool icount;         ///< guest under QEMU -icount: its clock counts executed instructions
    bool needs_kvm;      ///< guest's clock is this machine's: without KVM it says nothing
    int guest_cpus;
    bool alone;  ///< no second guest beside it: neighbours would be noise

    // Its trials.
    const char* rounds;       ///< the key of an experiment's "rounds" that says how many
    const char* most_rounds;  ///< the key of their cap, where a run goes on until its intervals are
                              ///< narrow; null: the whole plan is run
    std::vector<int> looks;   ///< rounds after which a run may end, where that decides all; none:
                              ///< at the last only
    bool phases;              ///< phases of the timer nested in each round's boot seed
    bool boot_seeds;          ///< each round boots with a seed of its own
    int probe_rounds;         ///< the first rounds, in which each probe has a window where an
                              ///< experiment does not say; 0: every round
    bool shuffled;            ///< random order within a round; else trials of one boot together

    // Its numbers.
    const char* cost;  ///< "instructions" or "ns" per packet or record; null: it ranks no cost
    DeltaRule delta;
    bool repeats_exactly;  ///< an equal round gives equal numbers: two runs pair by boot seed
    std::vector<MetricClass> classes;     ///< what it can rank
    std::vector<std::string> mechanisms;  ///< what it can see

    // Its words, for reports.
    const char* summary;
    const char* method;      ///< how its primary metrics are come by
    const char* round;       ///< what repeats independently
    const char* speaks_of;   ///< what an interval speaks of, and of what not
    const char* repetition;  ///< what a second run gives
    std::vector<const char*> cannot_see;
};

std::span<const LaneRow> lane_table();
const LaneRow& lane_row(Lane lane);

const char* to_string(Lane lane);
std::optional<Lane> lane_from(std::string_view name);
std::vector<std::string> lane_names();  ///< of all rows
std::vector<std::string> names_of(const std::vector<Lane>& lanes);
/// "'counted', 'timed' or 'functional'"
std::string lane_choice();
void to_json(Json& json, Lane lane);
/// @throws Error(Status::usage): no such lane.
void from_json(const Json& json, Lane& lane);

/// "counted (instructions), timed (ns) or functional (correctness)"
std::string lane_help();
/// The lane of a run on this machine itself that names none: the first that needs no guest.
Lane host_lane();
/// The lane whose numbers a second run repeats to the last digit.
Lane exact_lane();

/// Can the lane rank metrics of this class?
bool ranks(Lane lane, MetricClass metric_class);
/// Why `lane` cannot rank a metric of this class where arms differ by `mechanisms`; empty: it can.
std::string why_not_visible(Lane lane, MetricClass metric_class,
                            const std::vector<std::string>& mechanisms);

/// Smallest relative difference of `metric` that counts. @param before > 0, in the metric's unit.
/// @param floor null floor, or A/A floor: what equal arms show, relative.
double relative_delta(Lane lane, const MetricRow& metric, double before, double floor);
/// The rule in words, for documents.
std::string delta_rule(Lane lane, double floor);

}  // namespace rxlab
