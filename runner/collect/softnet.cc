// SPDX-License-Identifier: GPL-2.0
#include "collect/delta.h"
#include "collect/kinds.h"

namespace rxlab {

/// time_squeeze: polls that ran out of netdev_budget or netdev_budget_usecs; the other fields are
/// packets.
static void report(const Counts& growth, Metrics& metrics) {
    for (const auto& [field, count] : growth) {
        const bool squeeze = field == "time_squeeze";
        const bool unwanted = squeeze || field == "dropped" || field == "flow_limit";
        metrics["softnet." + field] = {static_cast<double>(count), squeeze ? "polls" : "packets",
                                       unwanted ? "lower" : "none"};
    }
}

std::unique_ptr<Collector> make_softnet(Sys& sys, const Interfaces&) {
    return std::make_unique<DeltaCollector>(
        [read = sys.reader("/proc/net/softnet_stat")] { return parse_softnet(read()); }, report);
}

}  // namespace rxlab
