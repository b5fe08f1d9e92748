// SPDX-License-Identifier: GPL-2.0
// Before/after: every arm against the baseline, per factor combination and metric.
#pragma once
#include "compare/cells.h"
#include "compare/comparison.h"

#include <set>
#include <string>

namespace rxlab {

struct CompareOptions {
    double floor = 0;  ///< null floor (counted) or A/A floor (timed): the relative difference that
                       ///< equal arms show
    std::string in_time = {};  ///< what counted differences said of time; empty: nothing is known
};

/// An arm that is the generator alone is compared with nothing; "net." metrics are what the others
/// have beside it.
Comparison compare(const Result& measured, const CompareOptions& options = {});

/// Two results of the same experiment and lane, "before" and "after" (arm by arm).
/// @throws Error(Status::usage): lanes or experiments differ.
Comparison compare(const Result& measured_before, const Result& measured_after,
                   const CompareOptions& options = {});

/// Timed lane: may it stop? Every primary metric it can rank, in every comparison of arms, has an
/// interval whose half-width is at most half the lane's delta, from at least 10 rounds. Metrics
/// without a ratio (nothing lost) do not hold it up. Other lanes: always.
bool primary_precise_enough(const Result& measured);

/// May a run whose plan has looks end here, as far as this comparison goes? Every primary metric
/// that the lane ranks has a verdict, or an interval that is narrow enough to have one: more rounds
/// would not give it.
bool primary_decided(const ComparedArm& arm);
/// Those of which more rounds are wanted: of each comparison that is not decided the arm, the
/// baseline and their generators.
std::set<CellName> undecided_cells(const Result& result, const CompareOptions& options);

/// Why a plan with so few rounds can decide nothing, whatever is measured: all primary metrics that
/// its lane ranks share one error in all comparisons. Empty: it can.
std::string too_few_rounds(const Plan& plan, const Experiment& experiment);

}  // namespace rxlab
