// SPDX-License-Identifier: GPL-2.0
// How a family of intervals shares one error rate, and when an interval is narrow enough.
#pragma once
#include "stats/looks.h"
#include "stats/shift.h"

#include <functional>
#include <vector>

namespace rxlab {

/// The confidence that the first of `count` metrics needs that share one error; 0 for none.
double first_confidence(size_t count, double error = kFamilyError);

/// Holm's step-down over `count` metrics at a family-wise `error`, with the intervals adjusted
/// too. `decided(i, confidence)` says whether metric i has a verdict at that confidence. All start
/// at 1 - error/count; those decided keep that confidence and the others go on with 1 - error/left,
/// until none more is decided. Returns each metric's confidence. (Nested intervals: what is decided
/// stays decided as confidence falls, so taking all decided ones of a step at once decides the same
/// set as taking them one by one.)
std::vector<double> holm_confidences(size_t count,
                                     const std::function<bool(size_t, double)>& decided,
                                     double error = kFamilyError);

/// Stop rule of a lane that stops by itself: at least 10 rounds, and the 95 % interval's half-width
/// is at most `target` (both in ln ratio). Width only: stopping on significance has 28 % false
/// positives.
bool precise_enough(std::span<const double> log_ratios, double target);

}  // namespace rxlab
