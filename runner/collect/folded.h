// SPDX-License-Identifier: GPL-2.0
// Call-graph samples as folded stacks: "task;outermost;...;innermost" -> samples. Pure.
#pragma once
#include "base/json.h"
#include "collect/collector.h"
#include "collect/samples.h"

#include <functional>
#include <map>
#include <string>

namespace rxlab {

using Folded = std::map<std::string, uint64_t>;

/// Who was sampled, in words.
struct SampleWords {
    std::function<std::string(const Sample&)> task;
    std::function<std::string(uint64_t)> function;  ///< the one that an address lies in
};

/// On which CPU a task was, and how often it was reading from a socket then.
struct TaskPlace {
    uint64_t samples = 0, reading = 0;
};
using TaskPlaces = std::map<std::pair<std::string, unsigned>, TaskPlace>;  ///< by task and CPU

/// Adds the stacks of one CPU's samples.
void add_places(const Folded& stacks, unsigned cpu, TaskPlaces& places);
/// [{"task","cpu","samples","reading"}]
Json place_rows(const TaskPlaces& places);

/// Value perf_record.samples, curves perf_record.stacks and perf_record.tasks; of no sample
/// nothing.
/// @returns whether there are any
bool report_samples(const Folded& stacks, const TaskPlaces& places, const Window& window,
                    Values& values, Json& curves);

/// Where a CPU with nothing to do is when a timer finds it.
bool is_idle_function(const std::string& innermost);

/// Samples of a CPU that waits in its idle loop are left out. An address that a function is called
/// from lies before where it goes on, which may be the next function already.
Folded fold(const std::vector<Sample>& samples, const SampleWords& words);

}  // namespace rxlab
