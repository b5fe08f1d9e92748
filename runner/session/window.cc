// SPDX-License-Identifier: GPL-2.0
#include "session/window.h"

#include <fmt/format.h>
#include "attribution/markers.h"

namespace rxlab {
namespace {

constexpr uint64_t kStep = 2'000'000;    // ns between two looks at the sinks
constexpr uint64_t kStill = 50'000'000;  // ns without growth: what has not arrived by now is lost
constexpr uint64_t kPatience = 5'000'000'000;  // ns in all
constexpr uint64_t kSettle =
    200'000'000;  // ns; many grace periods of RCU, and the work that they set free
constexpr uint64_t kLate = 200'000;  // ns; a sleeper is late by less than this

using Counts = std::vector<uint64_t>;

Counts read_all(const std::vector<Sink>& sinks) {
    Counts counts;
    for (const Sink& sink : sinks) counts.push_back(sink.read());
    return counts;
}

uint64_t growth(const Counts& before, const Counts& after) {
    uint64_t sum = 0;
    for (size_t i = 0; i < before.size(); i++) sum += after[i] - before[i];
    return sum;
}

/// What set-up, warm-up and reading counters left to be done later (memory freed after a grace
/// period, the workers that do it) is done now, not at a chance moment within the window. That
/// begins `phase` after a multiple of the tick, so its place between two ticks does not depend on
/// how long set-up took.
void settle(Sys& sys, uint64_t phase) {
    const uint64_t begin = ((sys.now_ns() + kSettle) / kTick + 1) * kTick + phase;
    sys.sleep_until(begin - kLate);
    while (sys.now_ns() < begin) {
    }
}

/// Packets may still be in a backlog that ksoftirqd works off. Waits until all are there or nothing
/// moves any more.
Counts when_all_arrived(Sys& sys, const std::vector<Sink>& sinks, const Counts& before,
                        uint64_t sent) {
    Counts now = read_all(sinks);
    const uint64_t start = sys.now_ns();
    uint64_t moved = start;
    while (growth(before, now) < sent && sys.now_ns() - moved < kStill &&
           sys.now_ns() - start < kPatience) {
        sys.sleep_ns(kStep);
        Counts later = read_all(sinks);
        if (later != now) moved = sys.now_ns();
        now = std::move(later);
    }
    return now;
}

}  // namespace

uint64_t Measured::counted() const {
    uint64_t sum = 0;
    for (const SinkGrowth& growth : sinks) sum += growth.packets;
    return sum;
}

Measured measure(Sys& sys, Assembly& assembly, uint64_t packets, uint64_t phase,
                 const Collectors& collectors) {
    Measured measured;
    measured.item = assembly.item;
    const std::vector<Sink>& sinks = assembly.sinks;
    const Counts before = read_all(sinks);
    assembly.traffic->prepare(packets);
    settle(sys, phase);
    const uint64_t start = sys.now_ns();
    for (const auto& [name, collector] : collectors) collector->start();
    mark_begin();
    measured.sent = assembly.traffic->send();
    mark_end();
    const Counts after = when_all_arrived(sys, sinks, before, measured.sent.packets);
    for (auto last = collectors.rbegin(); last != collectors.rend(); ++last) last->second->stop();
    measured.ns = sys.now_ns() - start;
    for (size_t i = 0; i < sinks.size(); i++)
        measured.sinks.push_back({sinks[i].name, after[i] - before[i], sinks[i].loss});
    return measured;
}

Check senders_overlap(const Measured& measured) {
    const double overlap = measured.sent.overlap;
    const std::string detail =
        fmt::format("all senders sent during {:.0f} % of the window", 100 * overlap);
    return overlap >= kLeastOverlap
               ? Check{true, detail}
               : Check{false,
                       fmt::format(
                           "{}, at least {:.0f} % are needed: something else ran on their CPUs",
                           detail, 100 * kLeastOverlap)};
}

Check conservation(const Measured& measured) {
    std::string terms;
    for (const SinkGrowth& growth : measured.sinks)
        if (growth.packets)
            terms +=
                fmt::format("{}{} {}", terms.empty() ? "" : " + ", growth.sink, growth.packets);
    const uint64_t sent = measured.sent.packets, counted = measured.counted();
    if (sent == counted) return {true, fmt::format("sent {} = {}", sent, terms)};
    return {false, fmt::format("sent {}, counted {} ({}): {} {}s {}", sent, counted,
                               terms.empty() ? "nothing" : terms,
                               sent > counted ? sent - counted : counted - sent, measured.item,
                               sent > counted ? "missing" : "too many")};
}

Cost cost_per_item(const Measured& measured, Lane lane, const Clock& clock) {
    const LaneRow& row = lane_row(lane);
    const double items = static_cast<double>(measured.sent.busy_packets),
                 busy = static_cast<double>(measured.sent.busy_ns),
                 excluded = row.icount ? static_cast<double>(measured.sent.excluded_ns) : 0;
    if (items <= 0 || !row.cost || row.cost != std::string(clock.unit)) return {};
    return {(busy - excluded) / clock.ns / items,
            fmt::format("{}_per_{}", row.cost, measured.item)};
}

void window_values(const Measured& measured, Lane lane, const Clock& clock, Values& values,
                   Json& curves) {
    const double sent = static_cast<double>(measured.sent.packets),
                 counted = static_cast<double>(measured.counted());
    const std::string items = measured.item + "s";
    values[items + "_sent"] = sent;
    values[items + "_counted"] = counted;
    values[items + "_lost"] = sent - counted;
    values["lost_fraction"] = sent > 0 ? (sent - counted) / sent : 0;
    double dropped = 0;
    for (const SinkGrowth& growth : measured.sinks)
        if (growth.loss) dropped += static_cast<double>(growth.packets);
    values["dropped_fraction"] = sent > 0 ? dropped / sent : 0;
    const Cost cost = cost_per_item(measured, lane, clock);
    if (!cost.name.empty()) values[cost.name] = cost.value;
    if (ranks(lane, MetricClass::time) && measured.sent.busy_ns)
        values[items + "_per_second"] = static_cast<double>(measured.sent.busy_packets) * 1e9 /
                                        static_cast<double>(measured.sent.busy_ns);
    for (const auto& [name, value] : measured.sent.metrics) values[name] = value;
    for (const auto& [name, histogram] : measured.sent.latencies) {
        report_latency(name, histogram, clock, values);
        if (histogram.total()) curves[name] = histogram_curve(name, histogram, clock);
    }
}

}  // namespace rxlab
