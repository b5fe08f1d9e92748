// SPDX-License-Identifier: GPL-2.0
#include "plan/seeds.h"

namespace rxlab {

uint64_t derive(uint64_t seed, Purpose purpose, uint64_t index) {
    const uint64_t base = SplitMix64(seed).next() + static_cast<uint64_t>(purpose);
    return SplitMix64(SplitMix64(base).next() + index).next() >> 11;
}

}  // namespace rxlab
