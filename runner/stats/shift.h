// SPDX-License-Identifier: GPL-2.0
// By how much does "after" differ from "before"? Rank estimators and their intervals, for n = 5
// to 40.
//
// Why ranks: at n = 8 to 20 a percentile bootstrap covers only 88 to 90 %, a t interval breaks on
// one stray trial; the signed-rank interval covers 94 to 96 % and costs about 5 % of width where
// the noise happens to be normal.
//
// Why the paired form for arms of one result, in the counted lane too: every round gives all arms
// the same perturbation (boot seed, phase), or the same stretch of time (timed lane), so each d_i
// is one draw of that perturbation. In the timed lane the pairing takes drift out; the unpaired
// form has 24 to 40 % false positives there. In the counted lane the arms of a seed do not
// correlate, so pairing buys no width: it costs 3 to 7 % of it in normal noise, up to 30 % in
// skewed noise. What it buys is a true interval when one arm's spread is zero or many times the
// other's: there the unpaired form, which assumes equal shapes, covers only 88 to 93 % at n = 8 to
// 20 (simulated; the paired form 94 to 95 %). Arms that are bit-identical over seeds give an
// interval that is a point: every perturbation asked for gave the same answer.
//
// The unpaired form is for two results that do not share their rounds.
#pragma once
#include <cstddef>
#include <optional>
#include <span>

namespace rxlab {

struct Interval {
    double low = 0;
    double high = 0;
};

struct Shift {
    double value = 0;                  ///< Hodges-Lehmann estimate
    std::optional<Interval> interval;  ///< absent: too few observations for the confidence asked
};

/// One sample of differences: the median of the Walsh averages (d_i + d_j) / 2, i <= j; the
/// interval runs from the (K+1)-th smallest to the (K+1)-th largest, K = floor(n(n+1)/4 - z
/// sqrt(n(n+1)(2n+1)/24)) (Hollander and Wolfe). Where K < 0, the outermost averages still serve
/// while their exact confidence, 1 - 2^(1-n), is not below the one asked; where it is below, there
/// is no interval. @pre differences is not empty, and each is finite.
Shift paired_shift(std::span<const double> differences, double confidence);

/// The same where ranks do not reach the confidence: mean -+ t s / sqrt(n), n - 1 degrees of
/// freedom. What few pairs show of their spread may be chance, and of three that are equal nothing
/// follows, so s is taken as at least `least_spread`. From three pairs on.
/// @pre differences is not empty.
Shift few_paired_shift(std::span<const double> differences, double confidence, double least_spread);
constexpr size_t kFewestPairs = 3;

/// The confidence that the outermost averages of n pairs have; no interval of theirs has more.
double most_confidence(size_t pairs);
/// The fewest pairs that have an interval at `confidence` < 1.
size_t least_pairs(double confidence);

/// Two independent samples: the median of the differences after_j - before_i; the interval likewise
/// with K = floor(nm/2 - z sqrt(nm(n+m+1)/12)) and exact outermost confidence 1 - 2 / binomial(n+m,
/// n).
/// @pre neither sample is empty, and each value and difference is finite.
Shift unpaired_shift(std::span<const double> before, std::span<const double> after,
                     double confidence);

/// The fewest on either side, as many on both, that have an interval at `confidence` < 1.
size_t least_each(double confidence);

/// Smallest true shift that n observations with this spread detect with 80 % power at 5 %:
/// (t.975 + t.80) s / sqrt(n), n - 1 degrees of freedom. Absent for n < 2.
std::optional<double> detectable_shift(std::span<const double> differences);
/// The same for two independent samples: s / sqrt(n) becomes sqrt(s_b^2/n + s_a^2/m), n + m - 2
/// degrees of freedom.
std::optional<double> detectable_shift(std::span<const double> before,
                                       std::span<const double> after);

}  // namespace rxlab
