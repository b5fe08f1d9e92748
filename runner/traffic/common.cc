// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "traffic/kinds.h"

#include <fmt/format.h>

namespace rxlab {
namespace {

/// SplitMix64's mixing function (Steele, Lea, Flood 2014).
uint64_t mix(uint64_t z) {
    z += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

}  // namespace

std::vector<uint64_t> split(uint64_t packets, size_t parts) {
    if (packets < parts)
        throw Error(Status::usage,
                    fmt::format("{} packets cannot be spread over {} senders", packets, parts),
                    "send more, or from fewer CPUs and pairs");
    std::vector<uint64_t> shares(parts, packets / parts);
    for (size_t i = 0; i < packets % parts; i++) shares[i]++;
    return shares;
}

uint16_t source_port(uint64_t seed, size_t n) {
    constexpr uint16_t first = 1024, count = 64000;  // neither a well-known port nor the last ones
    return static_cast<uint16_t>(first + mix(seed + n) % count);
}

}  // namespace rxlab
