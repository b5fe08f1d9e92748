// SPDX-License-Identifier: GPL-2.0
// What `perf script` prints of somebody's perf.data: the tracepoints that our probes are on, and
// samples of the kernel's call graph. It fills what the probes fill. Pure.
#pragma once
#include "collect/drops.h"
#include "collect/folded.h"
#include "collect/probed.h"

#include <istream>
#include <set>

namespace rxlab {

/// Arguments of perf that print FILE as read_perf_script() reads it.
std::vector<std::string> perf_script_arguments(const std::string& file);

struct RecordedTrace {
    SoftirqTimes softirqs;
    std::vector<irq_times> irqs;
    std::vector<napi_polls> polls;
    Dropped dropped;
    Folded stacks;
    TaskPlaces tasks;                        ///< where these were taken
    std::map<std::string, uint64_t> events;  ///< by name, all there are
    std::set<std::string> sampled;  ///< of them, tracepoints not each of which was recorded
    uint64_t lost = 0;              ///< events that perf found no room for
    uint64_t first_ns = 0, last_ns = 0;
};

/// Lines of another form are passed over: what a file has is whatever was recorded.
RecordedTrace read_perf_script(std::istream& lines);

}  // namespace rxlab
