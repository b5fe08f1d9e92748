// SPDX-License-Identifier: GPL-2.0
// Time passed, by the clock that is never set.
#pragma once
#include <chrono>

namespace rxlab {

using Steady = std::chrono::steady_clock;

inline double seconds_since(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
}

}  // namespace rxlab
