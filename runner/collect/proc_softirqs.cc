// SPDX-License-Identifier: GPL-2.0
#include "collect/collector.h"
#include "collect/delta.h"

namespace rxlab {

std::unique_ptr<Collector> make_proc_softirqs(Sys& sys, const Interfaces&) {
    return std::make_unique<DeltaCollector>(
        [read = sys.reader("/proc/softirqs")] { return parse_softirqs(read()); },
        each_as("proc_softirqs."));
}

}  // namespace rxlab
