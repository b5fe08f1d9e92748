// SPDX-License-Identifier: GPL-2.0
// A program run to its end without a shell.
#pragma once
#include "sys/sys.h"

namespace rxlab {

/// Input is fed and both outputs are drained together, so that no size of either blocks. Output is in English (LC_ALL=C).
/// @throws Error(Status::usage) when no such program is in PATH or the sbin folders.
Ran run_child(const std::vector<std::string>& argv, const std::string& input);

} // namespace rxlab
