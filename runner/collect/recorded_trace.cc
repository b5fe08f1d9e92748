// SPDX-License-Identifier: GPL-2.0
#include "collect/recorded_trace.h"

namespace rxlab {
namespace {

bool has_events(const RecordedTrace& trace, const std::string& start) {
    const auto found = trace.events.lower_bound(start);
    return found != trace.events.end() && found->first.starts_with(start);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> report_recorded_trace(const RecordedTrace& trace,
                                                                       Values& values,
                                                                       Json& curves) {
    const Window window{.packets = 0, .ns = trace.last_ns - trace.first_ns, .clock = {}};
    std::vector<std::pair<std::string, std::string>> missing;
    if (trace.lost)
        missing.emplace_back("events",
                             std::to_string(trace.lost) + " were lost: times may be too long");
    const auto has = [&](const char* collector, const char* start) {
        const bool there = has_events(trace, start);
        const auto sampled = trace.sampled.lower_bound(start);
        if (!there)
            missing.emplace_back(collector, std::string("no event ") + start + "* was recorded");
        else if (sampled != trace.sampled.end() && sampled->starts_with(start))
            missing.emplace_back(collector, *sampled +
                                                " was sampled, so entries and exits do not "
                                                "match: perf record -c 1, without -F");
        else
            return true;
        return false;
    };
    if (has("softirq", "irq:softirq_")) report_softirqs(trace.softirqs, window, values, curves);
    if (has("irq", "irq:irq_handler_")) report_irqs(trace.irqs, window, values, curves);
    if (has("napi", "napi:napi_poll")) report_napi(trace.polls, window, values, curves);
    if (has("drops", "skb:kfree_skb")) report_drops(trace.dropped, window, values, curves);
    if (!report_samples(trace.stacks, trace.tasks, window, values, curves))
        missing.emplace_back("perf_record", "no call graph (-g) was recorded");
    return missing;
}

}  // namespace rxlab
