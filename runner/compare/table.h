// SPDX-License-Identifier: GPL-2.0
#pragma once
#include "compare/comparison.h"

#include <string>

namespace rxlab {

/// comparison.json for a terminal: the answer, then one aligned row per arm and primary metric
/// (marked '*'), then the other metrics that are better or worse, then why arms are invalid. What
/// is not shown is counted.
std::string text_table(const Comparison& comparison);

}  // namespace rxlab
