// SPDX-License-Identifier: GPL-2.0
#include "collect/folded.h"

#include <algorithm>
#include <array>

namespace rxlab {
namespace {

constexpr std::array<std::string_view, 9> kIdle = {
    "pvm_safe_halt_hc", "pv_native_safe_halt", "native_safe_halt", "acpi_safe_halt", "default_idle",
    "mwait_idle",       "intel_idle",          "poll_idle",        "cpu_idle_poll"};

/// ';' separates frames.
std::string stack_entry(std::string name) {
    std::replace(name.begin(), name.end(), ';', ':');
    return name;
}

/// A socket's own way to its data: sock_recvmsg, udp_recvmsg, tcp_recvmsg, unix_stream_recvmsg ...
bool reads_socket(const std::string& stack) {
    return stack.find("recvmsg") != std::string::npos;
}

}  // namespace

void add_places(const Folded& stacks, unsigned cpu, TaskPlaces& places) {
    for (const auto& [stack, count] : stacks) {
        TaskPlace& place = places[{stack.substr(0, stack.find(';')), cpu}];
        place.samples += count;
        if (reads_socket(stack)) place.reading += count;
    }
}

Json place_rows(const TaskPlaces& places) {
    Json rows = Json::array();
    for (const auto& [where, place] : places)
        rows.push_back({{"task", where.first},
                        {"cpu", where.second},
                        {"samples", place.samples},
                        {"reading", place.reading}});
    return rows;
}

bool report_samples(const Folded& stacks, const TaskPlaces& places, const Window& window,
                    Values& values, Json& curves) {
    uint64_t samples = 0;
    for (const auto& [stack, count] : stacks) samples += count;
    if (!samples) return false;
    values["perf_record.samples"] = static_cast<double>(samples);
    curves["perf_record.stacks"] = {{"unit", "samples"}, {"stacks", stacks}};
    curves["perf_record.tasks"] = rows_curve("samples", window, place_rows(places));
    return true;
}

bool is_idle_function(const std::string& innermost) {
    return std::find(kIdle.begin(), kIdle.end(), innermost) != kIdle.end();
}

Folded fold(const std::vector<Sample>& samples, const SampleWords& words) {
    Folded folded;
    for (const Sample& sample : samples) {
        if (sample.frames.empty() || is_idle_function(words.function(sample.frames.front())))
            continue;
        std::string stack = stack_entry(words.task(sample));
        for (size_t i = sample.frames.size(); i-- > 0;) {
            const uint64_t within = sample.frames[i] - (i > 0);
            stack += ";" + stack_entry(words.function(within));
        }
        folded[stack]++;
    }
    return folded;
}

}  // namespace rxlab
