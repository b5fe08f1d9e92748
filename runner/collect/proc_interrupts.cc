// SPDX-License-Identifier: GPL-2.0
#include "collect/delta.h"
#include "collect/kinds.h"

namespace rxlab {

/// The total, and the lines that moved: most of the forty or so never do.
static void report(const Counts& growth, Metrics& metrics) {
    uint64_t total = 0;
    for (const auto& [line, count] : growth) {
        total += count;
        if (count)
            metrics["proc_interrupts." + line] = {static_cast<double>(count), "interrupts", "none"};
    }
    metrics["proc_interrupts.total"] = {static_cast<double>(total), "interrupts", "none"};
}

std::unique_ptr<Collector> make_proc_interrupts(Sys& sys, const Interfaces&) {
    return std::make_unique<DeltaCollector>(
        [read = sys.reader("/proc/interrupts")] { return parse_interrupts(read()); }, report);
}

}  // namespace rxlab
