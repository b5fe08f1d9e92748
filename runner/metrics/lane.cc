// SPDX-License-Identifier: GPL-2.0
#include "metrics/lane.h"

#include "base/contains.h"
#include "base/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>

namespace rxlab {
namespace {

using enum MetricClass;

const LaneRow kLanes[] = {
    {.lane = Lane::counted,
     .name = "counted",
     .gives = "instructions",
     .in_guest_only = true,
     .icount = true,
     .needs_kvm = false,
     .guest_cpus = 1,
     .alone = false,
     .rounds = "boot_seeds",
     .most_rounds = nullptr,
     .looks = {3, 5},
     .phases = true,
     .boot_seeds = true,
     .probe_rounds = 3,
     .shuffled = false,
     .cost = "instructions",
     .delta = {.relative = 0.001, .instructions = 3},
     .repeats_exactly = true,
     .classes = {cost_instructions, latency},
     .mechanisms = {"instructions"},
     .summary = "Counted lane: instructions that a one-CPU guest under QEMU -icount executes, "
                "repeatable bit for bit. Instructions are not time.",
     .method = "instructions that the CPU executed while sending, in a window without probes, per "
               "packet or record, idling left out; paired by boot seed",
     .round = "boot seed",
     .speaks_of = "The interval speaks of these perturbations, shared by all arms of a round, and "
                  "of nothing else: another kernel, compiler, CPU model or machine is outside it.",
     .repetition = "Every number is to be the same to the last digit.",
     .cannot_see =
         {"Instructions are counted, never time: an arm with fewer instructions may well take "
          "longer.",
          "Caches and TLB: a miss costs what a hit costs.",
          "Branch prediction and everything else a core does at once.",
          "Real DMA, PCIe and interrupt hardware: the guest's devices are software.",
          "Contention, cache lines that move between cores, locked instructions: there is one "
          "CPU."}},
    {.lane = Lane::timed,
     .name = "timed",
     .gives = "ns",
     .in_guest_only = false,
     .icount = false,
     .needs_kvm = true,
     .guest_cpus = 2,
     .alone = true,
     .rounds = "timed",
     .most_rounds = "timed_max",
     .looks = {},
     .phases = false,
     .boot_seeds = false,
     .probe_rounds = 0,
     .shuffled = true,
     .cost = "ns",
     .delta = {.relative = 0.02},
     .repeats_exactly = false,
     .classes = {time, latency, loss},
     .mechanisms = {"instructions", "cache", "atomics", "contention", "parallelism", "latency",
                    "correctness"},
     .summary = "Timed lane: nanoseconds on this machine, and on no other.",
     .method = "time of a window without probes; paired by round, rounds in random order",
     .round = "round",
     .speaks_of = "The interval speaks of this machine in this hour: fresh loads of every arm in "
                  "random order. Another boot, kernel or machine is outside it.",
     .repetition = "Numbers will differ; verdicts should not.",
     .cannot_see = {"This machine only: its CPU, firmware, governor, neighbours. Another machine "
                    "may rank the arms otherwise.",
                    "A number without its cause: which instructions or cache misses the time went "
                    "into is not measured here.",
                    "What other work on the machine did between rounds; pairing takes slow drift "
                    "out, not sudden change within a round."}},
    {.lane = Lane::functional,
     .name = "functional",
     .gives = "correctness",
     .in_guest_only = false,
     .icount = false,
     .needs_kvm = false,
     .guest_cpus = 2,
     .alone = false,
     .rounds = "functional",
     .most_rounds = nullptr,
     .looks = {},
     .phases = false,
     .boot_seeds = true,
     .probe_rounds = 0,
     .shuffled = false,
     .cost = nullptr,
     .delta = {.relative = 0.02},
     .repeats_exactly = false,
     .classes = {loss},
     .mechanisms = {"correctness"},
     .summary = "Functional lane: a guest with two CPUs; correctness and loss only. No cost is "
                "ranked.",
     .method = "what was sent against what was counted at every sink; paired by round",
     .round = "round",
     .speaks_of = "The interval speaks of fresh loads in this guest. Another kernel or number of "
                  "CPUs is outside it.",
     .repetition = "Numbers will differ; verdicts should not.",
     .cannot_see = {"Cost of any kind: the guest's time is its host's leisure, so no cost is "
                    "ranked.",
                    "Losses rarer than what is sent here would show.",
                    "Real DMA, PCIe and interrupt hardware: the guest's devices are software."}},
};

/// "a, b or c"
std::string choice_of(const std::vector<std::string>& words) {
    std::string text;
    for (size_t i = 0; i < words.size(); i++)
        text += (i == 0 ? "" : i + 1 < words.size() ? ", " : " or ") + words[i];
    return text;
}

}  // namespace

std::span<const LaneRow> lane_table() {
    return kLanes;
}

const LaneRow& lane_row(Lane lane) {
    return *std::find_if(std::begin(kLanes), std::end(kLanes),
                         [&](const LaneRow& row) { return row.lane == lane; });
}

const char* to_string(Lane lane) {
    return lane_row(lane).name;
}

std::optional<Lane> lane_from(std::string_view name) {
    for (const LaneRow& row : kLanes)
        if (row.name == name) return row.lane;
    return {};
}

std::vector<std::string> lane_names() {
    std::vector<std::string> names;
    for (const LaneRow& row : kLanes) names.emplace_back(row.name);
    return names;
}

std::vector<std::string> names_of(const std::vector<Lane>& lanes) {
    std::vector<std::string> names;
    for (const Lane lane : lanes) names.emplace_back(to_string(lane));
    return names;
}

std::string lane_choice() {
    std::vector<std::string> words;
    for (const LaneRow& row : kLanes) words.push_back(fmt::format("'{}'", row.name));
    return choice_of(words);
}

std::string lane_help() {
    std::vector<std::string> words;
    for (const LaneRow& row : kLanes) words.push_back(fmt::format("{} ({})", row.name, row.gives));
    return choice_of(words);
}

Lane host_lane() {
    return std::find_if(std::begin(kLanes), std::end(kLanes),
                        [](const LaneRow& row) { return !row.in_guest_only; })
        ->lane;
}

Lane exact_lane() {
    return std::find_if(std::begin(kLanes), std::end(kLanes),
                        [](const LaneRow& row) { return row.repeats_exactly; })
        ->lane;
}

void to_json(Json& json, Lane lane) {
    json = to_string(lane);
}

void from_json(const Json& json, Lane& lane) {
    const auto found =
        json.is_string() ? lane_from(json.get_ref<const std::string&>()) : std::optional<Lane>();
    if (!found)
        throw Error(Status::usage, fmt::format("expected {}, got {}", lane_choice(), json.dump()));
    lane = *found;
}

bool ranks(Lane lane, MetricClass metric_class) {
    return contains(lane_row(lane).classes, metric_class);
}

std::string why_not_visible(Lane lane, MetricClass metric_class,
                            const std::vector<std::string>& mechanisms) {
    if (metric_class == descriptive) return "descriptive, not ranked";
    const LaneRow& row = lane_row(lane);
    if (!ranks(lane, metric_class))
        return fmt::format("the {} lane does not rank {}", row.name, to_string(metric_class));
    if (metric_class == loss) return "";  // a packet lost is one, whatever the arms change
    for (const std::string& mechanism : mechanisms)
        if (contains(row.mechanisms, mechanism)) return "";
    return fmt::format("the {} lane cannot see {}", row.name, fmt::join(mechanisms, ", "));
}

double relative_delta(Lane lane, const MetricRow& metric, double before, double floor) {
    const DeltaRule& rule = lane_row(lane).delta;
    return std::max({rule.relative, rule.instructions / before, floor, metric.resolution});
}

std::string delta_rule(Lane lane, double floor) {
    const DeltaRule& rule = lane_row(lane).delta;
    std::vector<std::string> limits{fmt::format("{:g} %", 100 * rule.relative)};
    if (rule.instructions > 0)
        limits.push_back(fmt::format("{:g} instructions", rule.instructions));
    if (floor > 0) limits.push_back(fmt::format("null floor {:.3g} %", 100 * floor));
    const std::string base =
        limits.size() == 1 ? limits[0] : fmt::format("max({})", fmt::join(limits, ", "));
    return base + (floor > 0 ? "" : " (null floor not measured: --null)") +
           "; latencies from histograms: at least one bucket, 12.5 %; where nothing was before: "
           "any difference";
}

}  // namespace rxlab
