// SPDX-License-Identifier: GPL-2.0
// At which of a row of values does their level change? For one value per night.
//
// In noise: E-divisive means (Matteson and James, "A nonparametric approach for multiple change
// point analysis of multivariate data", JASA 109, 2014), as series of benchmarks are followed with
// it: bisected hierarchically, each split to a part's end (Daly et al., "The use of change point
// detection to identify software performance regressions in a continuous integration system",
// ICPE 2020), and a t-test says whether it counts (Fleming et al., "Hunter: using change point
// detection to hunt for performance regressions", ICPE 2023): permutations would need ten thousand
// of each split to tell 1e-4, and give another answer each time.
//
// A split of [a, b) at t has the statistic, m = t - a and n = b - t,
//   Q = mn / (m + n) * (2 / mn * sum |x_i - x_j|                 i < t <= j
//                       - 2 / m(m-1) * sum |x_i - x_k|           i < k < t
//                       - 2 / n(n-1) * sum |x_j - x_l|)          t <= j < l
// and the greatest Q is tested: pooled t, as Welch's has 3 degrees of freedom with 4 values on a
// side and never reaches 1e-4.
//
// Spikes: what is further than `spike` deviations from the median of its neighbourhood is drawn to
// there first. The neighbourhood has 2 * least - 1 values, so a level that lasts for `least` is
// kept and what is shorter is a spike; the deviation is that of the whole row, from the median
// distance to those medians. Price: a step is found a night later where spikes are.
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace rxlab {

struct ChangeRule {
    double p = 1e-4;       ///< of the t-test, two-sided
    size_t least = 4;      ///< values on either side
    double magnitude = 0;  ///< of the means' difference, at least; in the values' own unit
    double spike = 3;      ///< deviations
};

struct ChangePoint {
    size_t at = 0;                 ///< the first value of the new level
    double before = 0, after = 0;  ///< means from the change before to the one after, spikes drawn
                                   ///< in
    double p = 0;
};

/// The most values that are looked at: the last ones. A split's sums come from a table of their
/// square.
constexpr size_t kMostValues = 1000;

/// In their order. @pre each value is finite
std::vector<ChangePoint> change_points(std::span<const double> values, const ChangeRule& rule);

/// Who looks at a row each night looks often, and each look has an error of its own. So what one
/// look finds is a candidate, and sure once the look before has it, too, and its p is a tenth of
/// the rule's.
/// @param before what was found without the last value
bool is_sure(const ChangePoint& found, const std::vector<ChangePoint>& before,
             const ChangeRule& rule);

/// Of values that repeat exactly, each difference from the level's first value that is `delta` of
/// that value or more: a creep in small steps is one at last. Its p is 0. A single value is enough;
/// whether it repeats is for whoever can measure again.
/// @param delta the least that counts, in the values' unit, of a level
std::vector<ChangePoint> steps(std::span<const double> values,
                               const std::function<double(double)>& delta);

}  // namespace rxlab
