// SPDX-License-Identifier: GPL-2.0
// What a strategy would have asked for, where all that it can ask for was observed.
#pragma once
#include "campaign/strategy.h"

namespace rxlab {

/// The part of `whole` that a campaign of this strategy would have observed.
/// @throws Error(Status::invalid): it would have asked for a trial that was not observed
Result replayed(const Result& whole, const Strategy& strategy);

}  // namespace rxlab
