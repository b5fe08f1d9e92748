// SPDX-License-Identifier: GPL-2.0
#pragma once
#include "result/result.h"

namespace rxlab {

/// Timed lane: may it stop? Every primary metric it can rank, in every comparison of arms, has an interval whose
/// half-width is at most half the lane's delta, from at least 10 rounds. Metrics without a ratio (nothing lost) do not
/// hold it up. Other lanes: always.
bool primary_precise_enough(const Result& result);

}  // namespace rxlab
