// SPDX-License-Identifier: GPL-2.0
// The relative difference that a lab reports where there is none.
#pragma once
#include "result/result.h"

namespace rxlab {

/// The 99th percentile of |ratio - 1| of the primary metrics between the arms of `null` (an
/// experiment whose arms differ in nothing that matters, null-aa) and its baseline, round by round.
/// @throws Error(Status::usage): another lane than `lane`, trials with faults, or nothing to
/// compare.
double null_floor(const Result& null, Lane lane);

}  // namespace rxlab
