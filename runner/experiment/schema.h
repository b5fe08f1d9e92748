// SPDX-License-Identifier: GPL-2.0
// The judge: JSON Schema validation by valijson, reported in narrate()'s words.
#pragma once
#include "experiment/narrate.h"

namespace rxlab {

/// What `schema` refuses in `instance`; empty when it is valid.
std::vector<Finding> validate(const Json& schema, const Json& instance);

}  // namespace rxlab
