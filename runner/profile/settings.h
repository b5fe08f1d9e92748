// SPDX-License-Identifier: GPL-2.0
// Which settings a profile tells, since its rules may turn them.
#pragma once
#include "base/json.h"

#include <string>
#include <vector>

namespace rxlab {

/// Names of knobs: the machine's, and those of the interfaces and queues in the tables of the
/// placement. There need not be all of them.
std::vector<std::string> profile_settings(const Json& curves);

}  // namespace rxlab
