// SPDX-License-Identifier: GPL-2.0
#include "collect/delta.h"
#include "collect/kinds.h"

namespace rxlab {

static void report(const Counts& growth, Metrics& metrics) {
    for (const auto& [vector, count] : growth)
        metrics["proc_softirqs." + vector] = {static_cast<double>(count), "softirqs", "none"};
}

std::unique_ptr<Collector> make_proc_softirqs(Sys& sys, const Interfaces&) {
    return std::make_unique<DeltaCollector>(
        [read = sys.reader("/proc/softirqs")] { return parse_softirqs(read()); }, report);
}

}  // namespace rxlab
