// SPDX-License-Identifier: GPL-2.0
#include "plan/seeds.h"

namespace rxlab {

uint64_t SplitMix64::next() {
    uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

uint64_t derive(uint64_t seed, Purpose purpose, uint64_t index) {
    const uint64_t base = SplitMix64(seed).next() + static_cast<uint64_t>(purpose);
    return SplitMix64(SplitMix64(base).next() + index).next() >> 11;
}

}  // namespace rxlab
