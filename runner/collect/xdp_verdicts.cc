// SPDX-License-Identifier: GPL-2.0
#include "collect/xdp_verdicts.h"

namespace rxlab {
namespace {

void add(verdict& sum, const verdict& more) {
    sum.packets += more.packets;
    sum.bytes += more.bytes;
}

}  // namespace

std::optional<XdpVerdicts> XdpVerdicts::of(Sys& sys, const Interface& interface) {
    const auto attached = xdp_attached(sys, interface.netns, interface.name);
    if (!attached) return std::nullopt;
    auto map = map_of_program(attached->id, "xdp_verdicts");
    if (!map) return std::nullopt;
    return XdpVerdicts(std::move(*map));
}

Verdicts XdpVerdicts::read() const {
    Verdicts sums{};
    if (map_.per_cpu()) {
        for (uint32_t action = 0; action < sums.size(); ++action)
            for (const verdict& cpu : map_.values<verdict>(action)) add(sums[action], cpu);
        return sums;
    }
    const auto entries = map_.array<verdict>();
    for (size_t key = 0; key < entries.size(); ++key)
        if (key % VERDICT_STRIDE < sums.size()) add(sums[key % VERDICT_STRIDE], entries[key]);
    return sums;
}

}  // namespace rxlab
