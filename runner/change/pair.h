// SPDX-License-Identifier: GPL-2.0
// Two of a result's arms by themselves. Pure.
#pragma once
#include "result/result.h"

#include <string>

namespace rxlab {

/// What a run of these two arms alone would have given, where `before` is the baseline.
/// @throws Error(Status::usage): one of them is no arm of it
Result pair_of(const Result& result, const std::string& before, const std::string& after);

}  // namespace rxlab
