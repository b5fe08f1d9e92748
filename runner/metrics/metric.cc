// SPDX-License-Identifier: GPL-2.0
#include "metrics/metric.h"

#include <fmt/format.h>
#include <algorithm>

#include "base/error.h"

namespace rxlab {
namespace {

using enum MetricClass;

/// Histograms have 8 sub-buckets per power of two: a bucket's width is at most 1/8 of its value.
constexpr double kBucket = 0.125;

constexpr const char* kClockWord = "{clock}";
constexpr const char* kClock = "{clock}";
constexpr const char* kClockPerPacket = "{clock}/packet";

/// The ends of each line are what nobody has to write: how to say it, and an earlier unit.
const MetricRow kMetrics[] = {
    {"instructions_per_packet",
     "instructions/packet",
     "lower",
     cost_instructions,
     0,
     "instructions that the CPU executed while sending, per packet; the sender is runnable "
     "throughout, so none of it is idle",
     {"needs", "the instructions", "fewer", "more", "instructions per packet"}},
    {"window.instructions_per_packet",
     "instructions/packet",
     "lower",
     cost_instructions,
     0,
     "instructions that the CPU executed from the first frame sent to the last one received and "
     "accounted for, per packet: with what is still polled when the sender has ended",
     {"needs", "the instructions of the whole window", "fewer", "more",
      "instructions per packet of the whole window"}},
    {"window.instructions_per_message",
     "instructions/message",
     "lower",
     cost_instructions,
     0,
     "instructions that the CPU executed from the first message sent to the last one accounted "
     "for, "
     "per message, without idling",
     {"needs", "the instructions of the whole window", "fewer", "more",
      "instructions per message of the whole window"}},
    {"net.instructions_per_packet",
     "instructions/packet",
     "lower",
     cost_instructions,
     0,
     "instructions_per_packet less what the generator alone needs in the same round",
     {"needs", "the instructions after the generator's", "fewer", "more",
      "instructions per packet after the generator's"}},
    {"path.instructions_per_packet",
     "instructions/packet",
     "lower",
     cost_instructions,
     0,
     "instructions of the receive path, and of sending through the driver, per packet: without the "
     "generator's, the DMA engine's in software and those of idling, told apart by who called what",
     {"needs", "the instructions of the path", "fewer", "more",
      "instructions per packet of the path"}},
    {"path.instructions_per_record",
     "instructions/record",
     "lower",
     cost_instructions,
     0,
     "instructions per record without the DMA engine's in software and those of idling, told apart "
     "by who called what",
     {"needs", "the instructions of the path", "fewer", "more",
      "instructions per record of the path"}},
    {"path.instructions_per_message",
     "instructions/message",
     "lower",
     cost_instructions,
     0,
     "instructions of the kernel per message, sending and receiving, without idling",
     {"needs", "the kernel's instructions", "fewer", "more",
      "instructions of the kernel per message"}},
    {"kernel.instructions_per_run",
     "instructions/run",
     "lower",
     cost_instructions,
     0,
     "instructions of the kernel per run of a program, without those of idling",
     {"needs", "the instructions of the kernel", "fewer", "more",
      "instructions per run of the kernel"}},
    {"user.instructions_per_run",
     "instructions/run",
     "lower",
     cost_instructions,
     0,
     "instructions of a program itself per run of it",
     {"needs", "the instructions of the program", "fewer", "more",
      "instructions per run of the program"}},
    {"instructions_per_run",
     "instructions/run",
     "lower",
     cost_instructions,
     0,
     "instructions per run of a program by the guest's clock: with starting it, and as many as "
     "would have been executed while it waited",
     {"needs", "the instructions per run", "fewer", "more", "instructions per run"}},
    {"generator.instructions_per_packet", "instructions/packet", "none", descriptive, 0,
     "instructions of the generator's own per packet, told apart by who called what"},
    {"idle.instructions_per_*", "instructions", "none", descriptive, 0,
     "instructions of the idle task per packet, record, message or run"},
    {"user.instructions_per_*", "instructions", "none", descriptive, 0,
     "instructions of programs per packet, record or message"},
    {"instructions_per_record",
     "instructions/record",
     "lower",
     cost_instructions,
     0,
     "instructions that the CPU executed per record, without idling and without the DMA engine's "
     "own, which hardware would not execute",
     {"needs", "the instructions per record", "fewer", "more", "instructions per record"}},
    {"instructions_per_message",
     "instructions/message",
     "lower",
     cost_instructions,
     0,
     "instructions that the CPU executed per message: both sides' sockets, the path between them, "
     "and the answer where there is one",
     {"needs", "the instructions per message", "fewer", "more", "instructions per message"}},
    {"ns_per_packet",
     "ns/packet",
     "lower",
     time,
     0,
     "time per packet sent",
     {"takes", "the time per packet", "less", "more", "time per packet"}},
    {"net.ns_per_packet",
     "ns/packet",
     "lower",
     time,
     0,
     "ns_per_packet less what the generator alone takes in the same round",
     {"takes", "the time per packet after the generator's", "less", "more",
      "time per packet after the generator's"}},
    {"ns_per_record",
     "ns/record",
     "lower",
     time,
     0,
     "time per record; in the kernel's rings the DMA engine's own included",
     {"takes", "the time per record", "less", "more", "time per record"}},
    {"ns_per_message",
     "ns/message",
     "lower",
     time,
     0,
     "time per message, with its answer where there is one",
     {"takes", "the time per message", "less", "more", "time per message"}},
    {"messages_per_second",
     "messages/s",
     "higher",
     time,
     0,
     "messages per second",
     {"carries", "the messages per second", "fewer", "more", "messages per second"}},
    {"records_per_second",
     "records/s",
     "higher",
     time,
     0,
     "records through the ring per second",
     {"carries", "the records per second", "fewer", "more", "records per second"}},
    {"packets_per_second",
     "packets/s",
     "higher",
     time,
     0,
     "packets sent per second",
     {"carries", "the packets per second", "fewer", "more", "packets per second"}},
    {"packets_lost",
     "packets",
     "lower",
     loss,
     0,
     "sent, and counted at no sink",
     {.less = "fewer", .more = "more", .of = "packets lost"}},
    {"records_lost",
     "records",
     "lower",
     loss,
     0,
     "sent, and neither received nor counted as dropped or given up",
     {.less = "fewer", .more = "more", .of = "records lost"}},
    {"messages_lost",
     "messages",
     "lower",
     loss,
     0,
     "sent, and not received",
     {.less = "fewer", .more = "more", .of = "messages lost"}},
    {"runs_lost",
     "runs",
     "lower",
     loss,
     0,
     "runs of a program that did not end",
     {.less = "fewer", .more = "more", .of = "runs lost"}},
    {"lost_fraction",
     "1",
     "lower",
     loss,
     0,
     "packets (or records) lost of those sent: neither received nor in any counter of drops",
     {.of = "share lost"}},
    {"dropped_fraction",
     "1",
     "lower",
     loss,
     0,
     "frames that an interface dropped and counted for want of a buffer, a place in a queue or "
     "memory, of those sent",
     {.of = "share dropped"}},
    {"ring.counted_loss_fraction", "1", "lower", loss, 0,
     "records dropped by a lossy wire or given up by a new epoch, of those sent"},
    {"ring.wire_dropped_records", "records", "lower", loss, 0,
     "whole records a lossy wire dropped: the receiver had no room"},
    {"ring.gap_records", "records", "lower", loss, 0,
     "records that a new epoch gave up after a transfer error"},
    {"ring.wrong", "records", "lower", loss, 0, "records whose check failed"},
    {"ring.out_of_order", "records", "lower", loss, 0, "records read twice, or overtaken"},
    {"ring.fault_*", "", "lower", loss, 0, "a fault of the naive ring, by its name"},
    {"ring.raise_to_handler.count", "interrupts", "none", descriptive, 0,
     "interrupts of the wire that had a cause"},
    {"ring.raise_to_handler.*", kClock, "lower", latency, kBucket,
     "from the wire's condition to the interrupt handler"},
    {"ring.handler_to_consumer.count",
     "wakeups",
     "none",
     descriptive,
     0,
     "times that the consumer woke after a handler had run",
     {},
     "interrupts"},
    {"ring.handler_to_consumer.*", kClock, "lower", latency, kBucket,
     "from the handler to the consumer looking at the ring"},
    {"ring.interrupts_per_mib", "interrupts/MiB", "none", descriptive, 0,
     "interrupts of the wire and callbacks of the engine per MiB received"},
    {"ring.wire_bytes_per_record",
     "bytes/record",
     "none",
     descriptive,
     0,
     "bytes on the wire per record sent",
     {},
     "1/record"},
    {"ring.*_per_record", "1/record", "none", descriptive, 0,
     "how often something was done per record sent"},
    {"ring.emulated_bytes_per_second", "B/s", "none", descriptive, 0,
     "payload through the ring in the guest's own time: emulated, comparable with nothing"},
    {"ring.*_bytes",
     "bytes",
     "none",
     descriptive,
     0,
     "bytes that the ring or the wire counted",
     {},
     ""},
    {"ring.*_ns", "ns", "none", descriptive, 0, "time that the ring or the engine counted", {}, ""},
    {"ring.*", "", "none", descriptive, 0, "a counter of the ring, of its threads or of the wire"},
    {"open_loop.dropped_fraction", "1", "lower", loss, 0,
     "frames that the wire dropped because the receiver had no room, of those offered"},
    {"open_loop.delivered_per_second", "packets/s", "higher", time, 0,
     "frames that got a verdict, per second of offering"},
    {"open_loop.wire_to_verdict.count",
     "frames",
     "none",
     descriptive,
     0,
     "frames that got a verdict",
     {},
     "interrupts"},
    {"open_loop.wire_to_verdict.*", kClock, "lower", latency, kBucket,
     "from a frame's arrival at the wire to its verdict"},
    {"open_loop.offered_per_second",
     "packets/s",
     "none",
     descriptive,
     0,
     "the load that the wire offered",
     {},
     ""},
    {"bench.spread_ns_per_record", "ns/record", "none", descriptive, 0,
     "between the fastest and the slowest repetition of one start of a benchmark program"},
    {"bench.disturbed_starts", "1", "none", descriptive, 0,
     "starts of a benchmark program that another took the place of, since its threads had a CPU "
     "for less than half of the time"},
    {"bench.on_cpu_fraction", "1", "none", descriptive, 0,
     "of its time in which a benchmark's threads had a CPU"},
    {"softirq.*.count", "softirqs", "none", descriptive, 0, "softIRQ runs seen by the probe"},
    {"softirq.*.raise_to_entry.*", kClock, "lower", latency, kBucket,
     "from raising a softIRQ to its handler's first instruction"},
    {"softirq.*.entry_to_exit.per_packet", kClockPerPacket, "lower", latency, 0,
     "time inside a softIRQ's handler per packet sent, probe included"},
    {"softirq.*.entry_to_exit.*", kClock, "none", descriptive, 0,
     "one run of a softIRQ handler, which serves as many packets as it finds"},
    {"irq.*count", "interrupts", "none", descriptive, 0, "hard interrupts seen by the probe"},
    {"irq.entry_to_exit.per_packet", kClockPerPacket, "lower", latency, 0,
     "time inside hard interrupt handlers per packet sent, probe included"},
    {"irq.*entry_to_exit.*", kClock, "none", descriptive, 0, "one run of a hard interrupt handler"},
    {"wakeup.*.count", "wakeups", "none", descriptive, 0,
     "kernel threads of receiving that were woken and ran"},
    {"wakeup.*", kClock, "lower", latency, kBucket,
     "from waking a kernel thread of receiving to its first instruction"},
    {"victim.wakeup.count", "wakeups", "none", descriptive, 0,
     "moments at which the victim wanted to run"},
    {"victim.wakeup.*", kClock, "lower", latency, kBucket,
     "from the moment an ordinary task wanted its CPU to the moment it had it; of the CPU where "
     "that was longest"},
    {"engine.instructions_per_packet", "instructions/packet", "none", descriptive, 0,
     "of the cost per packet, what the DMA engine in software spent on moving bytes; hardware "
     "would do that by itself"},
    {"engine.ns_per_packet", "ns/packet", "none", descriptive, 0,
     "of the time per packet, what the DMA engine in software spent on moving bytes; hardware "
     "would do that by itself"},
    {"napi.packets_per_poll.count", "polls", "none", descriptive, 0, "NAPI polls"},
    {"napi.packets_per_poll.*", "packets", "none", descriptive, 0,
     "how many packets one NAPI poll handled"},
    {"napi.packets", "packets", "none", descriptive, 0, "packets that NAPI polls handled"},
    {"napi.*_polls", "polls", "none", descriptive, 0,
     "NAPI polls that found nothing, or used up their whole budget"},
    {"frame_age.count", "frames", "none", descriptive, 0, "frames whose age was told"},
    {"frame_age.*", kClock, "lower", latency, kBucket,
     "from pktgen's time stamp, in whole microseconds, to where the stack gets the frame"},
    {"perf_stat.*", "events", "none", descriptive, 0, "what perf stat counted on all CPUs"},
    {"perf_record.samples", "samples", "none", descriptive, 0,
     "samples of the kernel's call graph"},
    {"perf_record.lost", "samples", "none", descriptive, 0,
     "samples of the kernel's call graph that found no room"},
    {"perf_trace.*", "events", "none", descriptive, 0, "events that perf record wrote down"},
    {"bpftrace.*.*_ns", "ns", "none", descriptive, 0, "a time that a bpftrace script summed"},
    {"bpftrace.*.*_ns.*", "ns", "none", descriptive, 0,
     "a time that a bpftrace script summed, by its key"},
    {"bpftrace.*", "1", "none", descriptive, 0, "a number that a bpftrace script counted"},
    {"probe_cost.*.instructions_per_packet", "instructions/packet", "none", descriptive, 0,
     "what a probe adds per packet, in a window of its own"},
    {"probe_cost.*.instructions_per_record", "instructions/record", "none", descriptive, 0,
     "what a probe adds per record, in a window of its own"},
    {"probe_cost.*.instructions_per_message", "instructions/message", "none", descriptive, 0,
     "what a probe adds per message, in a window of its own"},
    {"probe_cost.*.ns_per_message", "ns/message", "none", descriptive, 0,
     "what a probe adds per message, in a window of its own"},
    {"probe_cost.*.ns_per_packet", "ns/packet", "none", descriptive, 0,
     "what a probe adds per packet, in a window of its own"},
    {"probe_cost.*.ns_per_record", "ns/record", "none", descriptive, 0,
     "what a probe adds per record, in a window of its own"},
    {"softnet.dropped", "packets", "lower", loss, 0, "packets dropped by a full backlog"},
    {"softnet.flow_limit", "packets", "lower", loss, 0, "packets dropped by the flow limit"},
    {"softnet.time_squeeze", "polls", "none", descriptive, 0,
     "rounds of polling that ran out of netdev_budget or of its time"},
    {"softnet.*", "packets", "none", descriptive, 0,
     "packets that the kernel's softnet_stat counts"},
    {"interface.*_dropped", "packets", "lower", loss, 0, "packets an interface dropped"},
    {"interface.*_errors", "packets", "lower", loss, 0,
     "packets an interface found damaged or could not send"},
    {"interface.*_bytes", "bytes", "none", descriptive, 0, "bytes of an interface's packets"},
    {"interface.*_packets", "packets", "none", descriptive, 0, "packets of an interface"},
    {"link.*_errors", "packets", "lower", loss, 0,
     "packets that an interface's standard statistics count as errors"},
    {"link.*_dropped", "packets", "lower", loss, 0,
     "packets that an interface's standard statistics count as dropped"},
    {"link.*_bytes", "bytes", "none", descriptive, 0,
     "bytes by an interface's standard statistics"},
    {"link.*", "packets", "none", descriptive, 0, "packets by an interface's standard statistics"},
    {"driver.*", "", "none", descriptive, 0, "a counter of the driver's own, as ethtool -S has it"},
    {"drops.packets", "packets", "none", descriptive, 0,
     "packets that the kernel dropped, wherever they came from"},
    {"xdp.*.packets", "packets", "none", descriptive, 0, "packets by the verdict of XDP programs"},
    {"xdp.*.bytes", "bytes", "none", descriptive, 0, "their bytes, where the program counts them"},
    {"proc_softirqs.*", "softirqs", "none", descriptive, 0, "softIRQs that the kernel served"},
    {"proc_interrupts.*", "interrupts", "none", descriptive, 0, "interrupts by line"},
    {"packets_sent", "packets", "none", descriptive, 0, "packets the generator sent in the window"},
    {"packets_counted", "packets", "none", descriptive, 0, "packets counted at all sinks together"},
    {"records_sent", "records", "none", descriptive, 0,
     "records the producer committed in the window"},
    {"records_counted", "records", "none", descriptive, 0,
     "records received, dropped by the wire or given up by a new epoch"},
    {"messages_sent", "messages", "none", descriptive, 0, "messages sent in the window"},
    {"messages_counted", "messages", "none", descriptive, 0, "messages received"},
    {"ns_per_run",
     "ns/run",
     "lower",
     time,
     0,
     "time per run of a program, with starting it",
     {"takes", "the time per run", "less", "more", "time per run"}},
    {"runs_per_second",
     "runs/s",
     "higher",
     time,
     0,
     "runs of a program per second",
     {"makes", "the runs per second", "fewer", "more", "runs per second"}},
    {"runs_sent", "runs", "none", descriptive, 0, "runs of a program in the window"},
    {"runs_counted", "runs", "none", descriptive, 0, "those that ended with exit status 0"},
    {"window.idle_ns", "ns", "none", descriptive, 0,
     "time that CPUs were idle in the measured window"},
    {"window.executed_instructions", "instructions", "none", descriptive, 0,
     "instructions executed in the measured window"},
    {"*", "", "none", descriptive, 0, "a name that rxlab does not put: shown, never ranked"},
};
const MetricRow& kUnknown = *std::rbegin(kMetrics);

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

std::string unit_of(const MetricRow& row, const Clock& clock) {
    std::string unit = row.unit;
    if (const size_t at = unit.find(kClockWord); at != std::string::npos)
        unit.replace(at, std::string_view(kClockWord).size(), clock.unit);
    return unit;
}

bool in_clock(const MetricRow& row) {
    return std::string_view(row.unit).find(kClockWord) != std::string_view::npos;
}

std::string hashed_unit(std::string_view name, const std::string& unit) {
    const MetricRow& row = metric_row(name);
    return row.hashed_unit ? row.hashed_unit : unit;
}

Clock clock_of(double ns_per_instruction) {
    return ns_per_instruction > 0 ? Clock{"instructions", ns_per_instruction} : Clock{};
}

void describe(const Values& values, const Clock& clock, Metrics& metrics) {
    for (const auto& [name, value] : values) {
        const MetricRow& row = metric_row(name);
        if (&row == &kUnknown)
            throw Error(Status::invalid, fmt::format("no unit is known for the metric '{}'", name),
                        "give it a row in runner/metrics/metric.cc");
        metrics[name] = {value, unit_of(row, clock), row.better};
    }
}

}  // namespace rxlab
