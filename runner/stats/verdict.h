// SPDX-License-Identifier: GPL-2.0
// From an interval to a word: what counts as a difference (delta), which side of it the interval
// lies on, and how several primary metrics share one error rate.
#pragma once
#include "stats/shift.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rxlab {

enum class Verdict { better, worse, same, inconclusive, not_visible, invalid };
const char* to_string(Verdict verdict);

/// `change`: interval of the relative (or absolute) change. Wholly outside +-delta: better or
/// worse, by `better`
/// ("lower" or "higher"); wholly inside: same; otherwise, or without an interval: inconclusive.
Verdict judge(const std::optional<Interval>& change, double delta, std::string_view better);

/// The confidence that the first of `count` metrics needs that share one error of 5 %; 0 for none.
double first_confidence(size_t count);

/// Holm's step-down over `count` metrics at a family-wise error of 5 %, with the intervals adjusted
/// too. `decided(i, confidence)` says whether metric i has a verdict at that confidence. All start
/// at 1 - 0.05/count; those decided keep that confidence and the others go on with 1 - 0.05/left,
/// until none more is decided. Returns each metric's confidence. (Nested intervals: what is decided
/// stays decided as confidence falls, so taking all decided ones of a step at once decides the same
/// set as taking them one by one.)
std::vector<double> holm_confidences(size_t count,
                                     const std::function<bool(size_t, double)>& decided);

/// Stop rule of the timed lane: at least 10 rounds, and the 95 % interval's half-width is at most
/// `target` (both in ln ratio). Width only: stopping on significance has 28 % false positives.
bool precise_enough(std::span<const double> log_ratios, double target);

}  // namespace rxlab
