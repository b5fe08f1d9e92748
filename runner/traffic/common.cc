// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "base/random.h"
#include "traffic/kinds.h"

#include <fmt/format.h>

namespace rxlab {
std::vector<uint64_t> split(uint64_t packets, size_t parts) {
    if (packets < parts)
        throw Error(Status::usage,
                    fmt::format("{} packets cannot be spread over {} senders", packets, parts),
                    "send more, or from fewer CPUs and pairs");
    std::vector<uint64_t> shares(parts, packets / parts);
    for (size_t i = 0; i < packets % parts; i++) shares[i]++;
    return shares;
}

Path addressed(const Path& path, const Json& parameters) {
    Path changed = path;
    changed.receiver_mac = parameters.value("dst_mac", path.receiver_mac);
    changed.receiver_ip = parameters.value("dst_ip", path.receiver_ip);
    return changed;
}

uint16_t source_port(uint64_t seed, size_t n) {
    constexpr uint16_t first = 1024, count = 64000;  // neither a well-known port nor the last ones
    return static_cast<uint16_t>(first + SplitMix64(seed + n).next() % count);
}

}  // namespace rxlab
