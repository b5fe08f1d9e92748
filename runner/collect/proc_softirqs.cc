// SPDX-License-Identifier: GPL-2.0
#include "collect/collector.h"
#include "collect/delta.h"

namespace rxlab {

static void report(const Counts& growth, Values& values) {
    for (const auto& [vector, count] : growth)
        values["proc_softirqs." + vector] = static_cast<double>(count);
}

std::unique_ptr<Collector> make_proc_softirqs(Sys& sys, const Interfaces&) {
    return std::make_unique<DeltaCollector>(
        [read = sys.reader("/proc/softirqs")] { return parse_softirqs(read()); }, report);
}

}  // namespace rxlab
