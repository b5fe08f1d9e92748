// SPDX-License-Identifier: GPL-2.0
#include "collect/collector.h"
#include "collect/delta.h"

namespace rxlab {

static void report(const Counts& growth, Values& values) {
    for (const auto& [field, count] : growth)
        values["softnet." + field] = static_cast<double>(count);
}

std::unique_ptr<Collector> make_softnet(Sys& sys, const Interfaces&) {
    return std::make_unique<DeltaCollector>(
        [read = sys.reader("/proc/net/softnet_stat")] { return parse_softnet(read()); }, report);
}

}  // namespace rxlab
