// SPDX-License-Identifier: GPL-2.0
// What an experiment may have done to this machine without its owner's word.
#pragma once
#include <filesystem>

#include "plan/plan.h"

namespace rxlab {

/// For a plan whose target is this machine. Knobs stay within the receive path; an experiment that
/// does not come with rxlab (`stranger`) loads no modules and no XDP programs but rxlab's own.
/// @throws Error(Status::usage) naming what it would do.
void require_trusted(const Plan& plan, bool stranger);

/// Is an experiment, named or given by its path, one of those in the checkout?
bool comes_with(const std::filesystem::path& checkout, const std::filesystem::path& experiment);

}  // namespace rxlab
