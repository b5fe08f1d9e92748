// SPDX-License-Identifier: GPL-2.0
// The seeds of a plan, each for its purpose.
#pragma once
#include "base/random.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace rxlab {

enum class Purpose : uint64_t { boot = 1, round = 2, order = 3 };

/// The `index`-th seed for `purpose` that follows from `seed`; 53 bits, so that any JSON reader
/// keeps it exactly.
uint64_t derive(uint64_t seed, Purpose purpose, uint64_t index = 0);

/// Fisher-Yates. Taking the remainder favours some orders by less than 2^-50 for any list that fits
/// in memory.
template <typename T>
void shuffle(std::vector<T>& items, uint64_t seed) {
    SplitMix64 random(seed);
    for (std::size_t left = items.size(); left > 1; left--)
        std::swap(items[left - 1], items[random.next() % left]);
}

}  // namespace rxlab
