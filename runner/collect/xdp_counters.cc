// SPDX-License-Identifier: GPL-2.0
#include "collect/delta.h"
#include "collect/kinds.h"
#include "collect/xdp_verdicts.h"

namespace rxlab {
namespace {

Counts read(const XdpVerdicts& map) {
    Counts counts;
    const Verdicts verdicts = map.read();
    for (size_t action = 0; action < verdicts.size(); ++action) {
        counts[std::string(kXdpActions[action]) + ".packets"] = verdicts[action].packets;
        counts[std::string(kXdpActions[action]) + ".bytes"] = verdicts[action].bytes;
    }
    return counts;
}

void report(const Counts& growth, Metrics& metrics) {
    for (const auto& [name, count] : growth)
        metrics["xdp." + name] = {static_cast<double>(count), name.ends_with(".bytes") ? "bytes" : "packets", "none"};
}

} // namespace

std::unique_ptr<Collector> make_xdp_counters(Sys& sys, const Interface& receiver) {
    const auto map = std::make_shared<const std::optional<XdpVerdicts>>(XdpVerdicts::of(sys, receiver));
    return std::make_unique<DeltaCollector>([map] { return *map ? read(**map) : Counts(); }, report);
}

} // namespace rxlab
