// SPDX-License-Identifier: GPL-2.0
// The answer in one sentence.
#pragma once
#include "compare/comparison.h"

#include <string>

namespace rxlab {

/// Invalid and worse arms first, at most four named, "and N more". Instructions are called
/// instructions: "needs 0.62x the instructions of", never faster or slower.
std::string headline(const std::vector<ComparedArm>& comparisons);

/// "0.62x (0.61 to 0.63)": as many digits as it takes to tell the ends of the interval apart, two
/// to four. @pre the metric has a ratio.
std::string ratio_text(const ComparedMetric& metric);

}  // namespace rxlab
