// SPDX-License-Identifier: GPL-2.0
#pragma once
#include "base/json.h"

#include <string>

namespace rxlab {

/// comparison.json for a terminal: the answer, then one aligned row per arm and metric that the lane ranks (primary ones
/// first, marked '*'), then why arms are invalid. Descriptive metrics are counted, not shown.
std::string text_table(const Json& comparison);

}  // namespace rxlab
