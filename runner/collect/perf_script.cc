// SPDX-License-Identifier: GPL-2.0
#include "collect/perf_script.h"

#include "base/lower.h"
#include "base/trimmed.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>

namespace rxlab {
namespace {

constexpr size_t kMostTraceCpus = 8192;  ///< CONFIG_NR_CPUS of Debian's kernels

/// "swapper 0 [001] 28588.769981458:  1  irq:softirq_raise: vec=3 [action=NET_RX]"
struct TraceLine {
    std::string task, event, fields;
    size_t cpu = 0;
    uint64_t ns = 0;
    uint64_t period = 1;  ///< so many events, of which this is the last
};

std::optional<uint64_t> whole_number(std::string_view text) {
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// "28588.769981458"
std::optional<uint64_t> nanoseconds(std::string_view text) {
    const size_t dot = text.find('.');
    if (dot == text.npos || text.size() - dot != 10) return std::nullopt;
    const auto seconds = whole_number(text.substr(0, dot)),
               rest = whole_number(text.substr(dot + 1));
    if (!seconds || !rest) return std::nullopt;
    return *seconds * 1'000'000'000 + *rest;
}

/// "1 irq:softirq_raise: vec=3 [action=NET_RX]"; the number is of tracepoints only.
void set_event(TraceLine& line, std::string rest) {
    const size_t blank = rest.find(' ');
    if (const auto period = whole_number(rest.substr(0, blank)); period && blank != rest.npos) {
        line.period = *period;
        rest = trimmed(rest.substr(blank));
    }
    const size_t end = rest.find(": ");
    line.event = rest.substr(0, end);
    if (line.event.ends_with(':')) line.event.pop_back();
    line.fields = end == rest.npos ? "" : trimmed(rest.substr(end + 2));
}

/// The name of a task may hold anything, so what stands before "[001] TIME: " is found from there.
std::optional<TraceLine> line_in(const std::string& text) {
    TraceLine line;
    for (size_t open = text.find(" ["); open != text.npos; open = text.find(" [", open + 1)) {
        const size_t close = text.find("] ", open), colon = text.find(": ", open);
        if (close == text.npos || colon == text.npos || colon < close) continue;
        const auto cpu = whole_number(std::string_view(text).substr(open + 2, close - open - 2));
        const auto ns =
            nanoseconds(trimmed(std::string_view(text).substr(close + 2, colon - close - 2)));
        if (!cpu || !ns || *cpu >= kMostTraceCpus) continue;
        const std::string before = trimmed(text.substr(0, open)),
                          rest = trimmed(text.substr(colon + 2));
        line.task = trimmed_end(before.substr(0, before.rfind(' ')));
        line.cpu = *cpu;
        line.ns = *ns;
        set_event(line, rest);
        return line;
    }
    return std::nullopt;
}

/// The word behind `name`, up to a blank.
std::string field(const std::string& fields, const std::string& name) {
    const size_t at = fields.find(name);
    if (at == fields.npos) return "";
    const size_t begin = at + name.size();
    return fields.substr(begin, fields.find(' ', begin) - begin);
}

template <typename Cpu>
Cpu& of_cpu(std::vector<Cpu>& cpus, size_t cpu) {
    if (cpus.size() <= cpu) cpus.resize(cpu + 1);
    return cpus[cpu];
}

// ---- the probes' programs, for one event each (bpf/softirq.bpf.c, irq.bpf.c, napi.bpf.c)

void softirq_event(RecordedTrace& trace, const TraceLine& line) {
    const auto vector = whole_number(field(line.fields, "vec="));
    if (!vector || *vector >= SOFTIRQ_VECTORS) return;
    softirq_times& times = of_cpu(trace.softirqs[*vector], line.cpu);
    if (line.event.ends_with("_raise") && !times.raised) times.raised = line.ns;
    if (line.event.ends_with("_entry")) {
        histogram_add_since(&times.raise_to_entry, times.raised, line.ns);
        times.raised = 0;
        times.entered = line.ns;
    }
    if (line.event.ends_with("_exit")) {
        histogram_add_since(&times.entry_to_exit, times.entered, line.ns);
        times.entered = 0;
    }
}

void irq_event(RecordedTrace& trace, const TraceLine& line) {
    irq_times& times = of_cpu(trace.irqs, line.cpu);
    const auto number = whole_number(field(line.fields, "irq="));
    if (!number) return;
    if (line.event.ends_with("_entry")) {
        const uint32_t at = times.depth < IRQ_NESTED ? times.depth : 0;
        times.entered[at] = line.ns;
        times.inner[at + 1] = 0;
        times.depth = at + 1;
    } else if (times.depth) {
        const uint32_t at = --times.depth;
        const uint64_t took = line.ns - times.entered[at], inner = times.inner[at + 1];
        histogram_add(&times.entry_to_exit, took - std::min(inner, took));
        times.inner[at] += took;
        times.by_number[std::min<uint64_t>(*number, IRQ_NUMBERS - 1)]++;
    }
}

void napi_event(RecordedTrace& trace, const TraceLine& line) {
    const auto work = whole_number(field(line.fields, " work ")),
               budget = whole_number(field(line.fields, " budget "));
    if (!work || !budget || !*budget) return;
    napi_polls& polls = of_cpu(trace.polls, line.cpu);
    histogram_add(&polls.packets, *work);
    if (*work >= *budget) polls.exhausted++;
}

/// "location=udp_queue_rcv_one_skb+0x2e3 reason: NO_SOCKET"
void drop_event(RecordedTrace& trace, const TraceLine& line) {
    const std::string place = field(line.fields, "location="),
                      reason = lower_case(field(line.fields, "reason: "));
    trace.dropped[{reason.empty() ? "not_told" : reason, place.substr(0, place.find('+'))}]++;
}

const struct {
    const char* start;  ///< of the event's name
    void (*add)(RecordedTrace& trace, const TraceLine& line);
} kTraceEvents[] = {
    {"irq:softirq_", softirq_event},
    {"irq:irq_handler_", irq_event},
    {"napi:napi_poll", napi_event},
    {"skb:kfree_skb", drop_event},
};

/// "PERF_RECORD_LOST lost 12", with who and when before it.
uint64_t lost_in(const std::string& text) {
    if (text.find("PERF_RECORD_LOST") == text.npos) return 0;
    return whole_number(field(text, " lost ")).value_or(0);
}

/// The samples' stack, which stands below their line, innermost first: "   ffffffff81 name".
class StackLines {
public:
    void begin(const TraceLine& line) {
        task_ = line.task;
        cpu_ = line.cpu;
        frames_.clear();
        open_ = true;
    }
    void add(const std::string& text) {
        std::istringstream words(text);
        std::string address, name;
        if (!open_ || !(words >> address) || !std::getline(words, name)) return;
        name = trimmed(name);
        std::replace(name.begin(), name.end(), ';', ':');
        frames_.push_back(name.substr(0, name.find('+')));
    }
    void end(RecordedTrace& trace) {
        if (open_ && !frames_.empty() && !is_idle_function(frames_.front())) {
            std::string stack = task_;
            std::replace(stack.begin(), stack.end(), ';', ':');
            for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame)
                stack += ";" + *frame;
            trace.stacks[stack]++;
            add_places({{stack, 1}}, static_cast<unsigned>(cpu_), trace.tasks);
        }
        open_ = false;
    }

private:
    std::string task_;
    size_t cpu_ = 0;
    std::vector<std::string> frames_;
    bool open_ = false;
};

/// "irq:softirq_entry" is one, "cycles" and "cycles:P" are not.
bool is_tracepoint(const std::string& event) {
    const size_t colon = event.find(':');
    return colon != event.npos && event.find_first_not_of("ukhGHpPSDWeI", colon + 1) != event.npos;
}

void add_tracepoint(RecordedTrace& trace, const TraceLine& line) {
    for (const auto& row : kTraceEvents)
        if (line.event.starts_with(row.start)) row.add(trace, line);
}

}  // namespace

std::vector<std::string> perf_script_arguments(const std::string& file) {
    // Of each kind of event its own fields: the others have none that we want.
    std::vector<std::string> arguments{"perf", "script", "--ns", "--show-lost-events", "-i", file};
    for (const char* fields :
         {"trace:comm,tid,cpu,time,period,event,trace", "sw:comm,tid,cpu,time,event,ip,sym",
          "hw:comm,tid,cpu,time,event,ip,sym"})
        arguments.insert(arguments.end(), {"-F", fields});
    return arguments;
}

RecordedTrace read_perf_script(std::istream& lines) {
    RecordedTrace trace;
    StackLines stack;
    for (std::string text; std::getline(lines, text);) {
        if (const uint64_t lost = lost_in(text)) {
            trace.lost += lost;
            continue;
        }
        const auto line = line_in(text);
        if (!line) {
            stack.add(text);
            continue;
        }
        stack.end(trace);
        trace.events[line->event]++;
        if (line->period > 1 && is_tracepoint(line->event)) trace.sampled.insert(line->event);
        trace.first_ns = trace.first_ns ? std::min(trace.first_ns, line->ns) : line->ns;
        trace.last_ns = std::max(trace.last_ns, line->ns);
        if (is_tracepoint(line->event))
            add_tracepoint(trace, *line);
        else
            stack.begin(*line);
    }
    stack.end(trace);
    return trace;
}

}  // namespace rxlab
