// SPDX-License-Identifier: GPL-2.0
#include "collect/collector.h"
#include "collect/delta.h"

namespace rxlab {

/// The total, and the lines that moved: most of the forty or so never do.
static void report_moved(const Counts& growth, Values& values) {
    uint64_t total = 0;
    for (const auto& [line, count] : growth) total += count;
    each_moved_as("proc_interrupts.")(growth, values);
    values["proc_interrupts.total"] = static_cast<double>(total);
}

std::unique_ptr<Collector> make_proc_interrupts(Sys& sys, const Interfaces&) {
    return std::make_unique<DeltaCollector>(
        [read = sys.reader("/proc/interrupts")] { return parse_interrupts(read()); }, report_moved);
}

}  // namespace rxlab
