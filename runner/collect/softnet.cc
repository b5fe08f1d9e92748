// SPDX-License-Identifier: GPL-2.0
#include "collect/collector.h"
#include "collect/delta.h"

namespace rxlab {

std::unique_ptr<Collector> make_softnet(Sys& sys, const Interfaces&) {
    return std::make_unique<DeltaCollector>(
        [read = sys.reader("/proc/net/softnet_stat")] { return parse_softnet_with_cpus(read()); },
        each_as("softnet."));
}

}  // namespace rxlab
