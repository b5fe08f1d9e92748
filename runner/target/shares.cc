// SPDX-License-Identifier: GPL-2.0
#include "target/shares.h"

#include "base/error.h"
#include "base/items.h"

#include <fmt/format.h>

namespace rxlab {

Work work_of(const Observation& observation) {
    for (const char* item : kItems) {
        const auto sent = observation.metrics.find(fmt::format("{}s_sent", item));
        if (sent != observation.metrics.end() && sent->second.value > 0)
            return {sent->second.value, item};
    }
    throw Error(Status::lost, fmt::format("trial {} ({}) says of nothing that it sent any",
                                          observation.trial.id, observation.trial.arm));
}

namespace {

/// Of a program's run all that the kernel does is the path.
std::string name_of(Share share, const Work& work) {
    return share == Share::path && work.item == "run" ? "kernel" : to_string(share);
}

}  // namespace

Values values_of(const Stacks& stacks, const Work& work) {
    Values values;
    for (const auto& [share, count] : shares_of(stacks)) {
        if (share == Share::engine || (share == Share::generator && work.item != "packet"))
            continue;
        values[fmt::format("{}.instructions_per_{}", name_of(share, work), work.item)] =
            static_cast<double>(count) / work.items;
    }
    return values;
}

}  // namespace rxlab
