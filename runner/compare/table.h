// SPDX-License-Identifier: GPL-2.0
#pragma once
#include "base/json.h"

#include <string>

namespace rxlab {

/// comparison.json for a terminal: the answer, then one aligned row per arm and primary metric
/// (marked '*'), then the other metrics that are better or worse, then why arms are invalid. What
/// is not shown is counted.
std::string text_table(const Json& comparison);

}  // namespace rxlab
