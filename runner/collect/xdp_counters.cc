// SPDX-License-Identifier: GPL-2.0
#include "collect/collector.h"
#include "collect/delta.h"
#include "collect/xdp_verdicts.h"

namespace rxlab {
namespace {

/// Sums over the receivers that have a program which counts.
Counts read(const std::vector<XdpVerdicts>& maps) {
    Counts counts;
    for (const XdpVerdicts& map : maps) {
        const Verdicts verdicts = map.read();
        for (size_t action = 0; action < verdicts.size(); ++action) {
            counts[std::string(kXdpActions[action]) + ".packets"] += verdicts[action].packets;
            counts[std::string(kXdpActions[action]) + ".bytes"] += verdicts[action].bytes;
        }
    }
    return counts;
}

}  // namespace

std::unique_ptr<Collector> make_xdp_counters(Sys& sys, const Interfaces& receivers) {
    const auto maps = std::make_shared<std::vector<XdpVerdicts>>();
    for (const Interface& receiver : receivers)
        if (auto map = XdpVerdicts::of(sys, receiver)) maps->push_back(std::move(*map));
    return std::make_unique<DeltaCollector>([maps] { return read(*maps); }, each_as("xdp."));
}

}  // namespace rxlab
