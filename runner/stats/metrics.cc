// SPDX-License-Identifier: GPL-2.0
#include "stats/metrics.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>

namespace rxlab {
namespace {

using enum MetricClass;

/// Histograms have 8 sub-buckets per power of two: a bucket's width is at most 1/8 of its value.
constexpr double kBucket = 0.125;

const MetricRow kMetrics[] = {
    {"instructions_per_packet", "instructions/packet", "lower", cost_instructions, 0,
     "instructions that the CPU executed while sending, per packet; the sender is runnable "
     "throughout, so none of it is idle"},
    {"instructions_per_record", "instructions/record", "lower", cost_instructions, 0,
     "instructions that the CPU executed per record, without idling and without the DMA engine's "
     "own, which hardware would not execute"},
    {"ns_per_packet", "ns/packet", "lower", time, 0, "time per packet sent"},
    {"ns_per_record", "ns/record", "lower", time, 0,
     "time per record; in the kernel's rings the DMA engine's own included"},
    {"records_per_second", "records/s", "higher", time, 0, "records through the ring per second"},
    {"packets_per_second", "packets/s", "higher", time, 0, "packets sent per second"},
    {"packets_lost", "packets", "lower", loss, 0, "sent, and counted at no sink"},
    {"records_lost", "records", "lower", loss, 0,
     "sent, and neither received nor counted as dropped or given up"},
    {"lost_fraction", "1", "lower", loss, 0, "packets (or records) lost of those sent"},
    {"ring.counted_loss_fraction", "1", "lower", loss, 0,
     "records dropped by a lossy wire or given up by a new epoch, of those sent"},
    {"ring.wire_dropped_records", "records", "lower", loss, 0,
     "whole records a lossy wire dropped: the receiver had no room"},
    {"ring.gap_records", "records", "lower", loss, 0,
     "records that a new epoch gave up after a transfer error"},
    {"ring.wrong", "records", "lower", loss, 0, "records whose check failed"},
    {"ring.out_of_order", "records", "lower", loss, 0, "records read twice, or overtaken"},
    {"ring.fault_*", "", "lower", loss, 0, "a fault of the naive ring, by its name"},
    {"ring.raise_to_handler.*", "", "lower", latency, kBucket,
     "from the wire's condition to the interrupt handler"},
    {"ring.handler_to_consumer.*", "", "lower", latency, kBucket,
     "from the handler to the consumer looking at the ring"},
    {"ring.interrupts_per_mib", "interrupts/MiB", "none", descriptive, 0,
     "interrupts of the wire and callbacks of the engine per MiB received"},
    {"ring.*_per_record", "1/record", "none", descriptive, 0,
     "how often something was done per record sent"},
    {"ring.emulated_bytes_per_second", "B/s", "none", descriptive, 0,
     "payload through the ring in the guest's own time: emulated, comparable with nothing"},
    {"ring.*", "", "none", descriptive, 0, "a counter of the ring, of its threads or of the wire"},
    {"open_loop.dropped_fraction", "1", "lower", loss, 0,
     "frames that the wire dropped because the receiver had no room, of those offered"},
    {"open_loop.delivered_per_second", "packets/s", "higher", time, 0,
     "frames that got a verdict, per second of offering"},
    {"open_loop.wire_to_verdict.*", "", "lower", latency, kBucket,
     "from a frame's arrival at the wire to its verdict"},
    {"open_loop.*", "", "none", descriptive, 0, "the load that the wire offered"},
    {"bench.spread_ns_per_record", "ns/record", "none", descriptive, 0,
     "between the fastest and the slowest repetition of one start of a benchmark program"},
    {"bench.disturbed_starts", "1", "none", descriptive, 0,
     "starts of a benchmark program that another took the place of, since its threads had a CPU "
     "for less than half of the time"},
    {"bench.on_cpu_fraction", "1", "none", descriptive, 0,
     "of its time in which a benchmark's threads had a CPU"},
    {"softirq.*.count", "softirqs", "none", descriptive, 0, "softIRQ runs seen by the probe"},
    {"softirq.*.raise_to_entry.*", "", "lower", latency, kBucket,
     "from raising a softIRQ to its handler's first instruction"},
    {"softirq.*.entry_to_exit.per_packet", "", "lower", latency, 0,
     "time inside a softIRQ's handler per packet sent, probe included"},
    {"softirq.*.entry_to_exit.*", "", "none", descriptive, 0,
     "one run of a softIRQ handler, which serves as many packets as it finds"},
    {"irq.*count", "interrupts", "none", descriptive, 0, "hard interrupts seen by the probe"},
    {"irq.entry_to_exit.per_packet", "", "lower", latency, 0,
     "time inside hard interrupt handlers per packet sent, probe included"},
    {"irq.*entry_to_exit.*", "", "none", descriptive, 0, "one run of a hard interrupt handler"},
    {"victim.wakeup.count", "wakeups", "none", descriptive, 0,
     "moments at which the victim wanted to run"},
    {"victim.wakeup.*", "", "lower", latency, kBucket,
     "from the moment an ordinary task wanted its CPU to the moment it had it; of the CPU where "
     "that was longest"},
    {"engine.*_per_packet", "", "none", descriptive, 0,
     "of the cost per packet, what the DMA engine in software spent on moving bytes; hardware "
     "would do that by itself"},
    {"napi.*", "", "none", descriptive, 0,
     "NAPI polls: how many packets one handled, and how often that was its whole budget"},
    {"perf_stat.*", "events", "none", descriptive, 0, "what perf stat counted on all CPUs"},
    {"perf_record.*", "samples", "none", descriptive, 0,
     "samples of the kernel's call graph that perf record took"},
    {"perf_trace.*", "events", "none", descriptive, 0, "events that perf record wrote down"},
    {"bpftrace.*", "", "none", descriptive, 0, "a number that a bpftrace script counted"},
    {"probe_cost.*", "", "none", descriptive, 0,
     "what a probe adds per packet, in a window of its own"},
    {"softnet.dropped", "packets", "lower", loss, 0, "packets dropped by a full backlog"},
    {"softnet.flow_limit", "packets", "lower", loss, 0, "packets dropped by the flow limit"},
    {"interface.*dropped", "packets", "lower", loss, 0, "packets an interface dropped"},
    {"interface.*errors", "packets", "lower", loss, 0,
     "packets an interface found damaged or could not send"},
    {"packets_sent", "packets", "none", descriptive, 0, "packets the generator sent in the window"},
    {"packets_counted", "packets", "none", descriptive, 0, "packets counted at all sinks together"},
    {"records_sent", "records", "none", descriptive, 0,
     "records the producer committed in the window"},
    {"records_counted", "records", "none", descriptive, 0,
     "records received, dropped by the wire or given up by a new epoch"},
    {"window.*", "", "none", descriptive, 0,
     "the measured window itself: idle time, executed instructions"},
    {"*", "", "none", descriptive, 0, "anything else a collector reports: shown, never ranked"},
};

const LaneRow kLanes[] = {
    {"counted", {cost_instructions, latency}, {"instructions"}},
    {"timed",
     {time, latency, loss},
     {"instructions", "cache", "atomics", "contention", "parallelism", "latency", "correctness"}},
    {"functional", {loss}, {"correctness"}},
};

/// Does `name` fit `pattern`, where '*' stands for any characters, none included?
bool fits(std::string_view name, std::string_view pattern) {
    const size_t star = pattern.find('*');
    if (star == std::string_view::npos) return name == pattern;
    if (name.substr(0, star) != pattern.substr(0, star)) return false;
    const std::string_view rest = pattern.substr(star + 1);
    for (size_t at = star; at <= name.size(); at++)
        if (fits(name.substr(at), rest)) return true;
    return false;
}

template <typename T, typename U>
bool contains(const std::vector<T>& list, const U& item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace

const char* to_string(MetricClass metric_class) {
    switch (metric_class) {
        case cost_instructions:
            return "cost_instructions";
        case time:
            return "time";
        case latency:
            return "latency";
        case loss:
            return "loss";
        case descriptive:
            return "descriptive";
    }
    return "";
}

std::span<const MetricRow> metric_table() {
    return kMetrics;
}

const MetricRow& metric_row(std::string_view name) {
    return *std::find_if(std::begin(kMetrics), std::end(kMetrics),
                         [&](const MetricRow& row) { return fits(name, row.pattern); });
}

std::span<const LaneRow> lane_table() {
    return kLanes;
}

std::string why_not_visible(std::string_view lane, MetricClass metric_class,
                            const std::vector<std::string>& mechanisms) {
    if (metric_class == descriptive) return "descriptive, not ranked";
    const auto row = std::find_if(std::begin(kLanes), std::end(kLanes),
                                  [&](const LaneRow& r) { return lane == r.lane; });
    if (row == std::end(kLanes)) return fmt::format("no lane '{}'", lane);
    if (!contains(row->classes, metric_class))
        return fmt::format("the {} lane does not rank {}", lane, to_string(metric_class));
    if (metric_class == loss) return "";  // a packet lost is one, whatever the arms change
    for (const std::string& mechanism : mechanisms)
        if (contains(row->mechanisms, mechanism)) return "";
    return fmt::format("the {} lane cannot see {}", lane, fmt::join(mechanisms, ", "));
}

}  // namespace rxlab
