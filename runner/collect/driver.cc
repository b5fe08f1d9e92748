// SPDX-License-Identifier: GPL-2.0
#include "collect/collector.h"
#include "collect/delta.h"
#include "sys/ethtool.h"

namespace rxlab {

std::unique_ptr<Collector> make_driver(Sys& sys, const Interfaces& receivers) {
    return std::make_unique<DeltaCollector>(
        [&sys, receivers] {
            Counts sums;
            for (const Interface& receiver : receivers)
                for (const auto& [name, value] : ethtool_statistics(sys, receiver))
                    sums[name] += value;
            return sums;
        },
        each_moved_as("driver."));
}

}  // namespace rxlab
