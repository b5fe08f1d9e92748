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
    const auto has = [&](const char* collector, const char* start) {
        if (has_events(trace, start)) return true;
        missing.emplace_back(collector, std::string("no event ") + start + "* was recorded");
        return false;
    };
    if (has("softirq", "irq:softirq_")) report_softirqs(trace.softirqs, window, values, curves);
    if (has("irq", "irq:irq_handler_")) report_irqs(trace.irqs, window, values, curves);
    if (has("napi", "napi:napi_poll")) report_napi(trace.polls, window, values, curves);
    if (has("drops", "skb:kfree_skb")) report_drops(trace.dropped, window, values, curves);
    uint64_t samples = 0;
    for (const auto& [stack, count] : trace.stacks) samples += count;
    if (samples) {
        values["perf_record.samples"] = static_cast<double>(samples);
        curves["perf_record.stacks"] = {{"unit", "samples"}, {"stacks", trace.stacks}};
        curves["perf_record.tasks"] = rows_curve("samples", window, place_rows(trace.tasks));
    } else {
        missing.emplace_back("perf_record", "no call graph (-g) was recorded");
    }
    return missing;
}

}  // namespace rxlab
