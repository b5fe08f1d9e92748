// SPDX-License-Identifier: GPL-2.0
// Did a second run give the same numbers?
#pragma once
#include "result/result.h"

namespace rxlab {

/// What differs between the observations of two runs, one line each, e.g.
/// "xdp-native round 3: instructions_per_packet 2263.5 and 2263.7". Empty: their
/// observations_sha256 are equal.
std::vector<std::string> differing(const Result& first, const Result& second);

}  // namespace rxlab
