// SPDX-License-Identifier: GPL-2.0
// May a run end before its last round? It is looked at after numbers of rounds that were fixed
// before it began, and each look has a share of the family's error of its own, so that all looks
// together are wrong as seldom as one (Bonferroni: it holds whatever the looks have in common,
// and with any interval; Pocock's and O'Brien and Fleming's bounds presume sums of normal
// variables, which three rounds are not). Its price is that the last look has four fifths of the
// error, not all of it.
#pragma once
#include <cstddef>

namespace rxlab {

/// What the comparisons of one experiment are wrong together, at most.
constexpr double kFamilyError = 0.05;

/// The share of it that look `look` (from 0) of `looks` may spend: a tenth each of those that may
/// end a run early, the last what they leave. @pre look < looks <= 9
double error_at(size_t look, size_t looks);

}  // namespace rxlab
