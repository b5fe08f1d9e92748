// SPDX-License-Identifier: GPL-2.0
// A program run to its end without a shell.
#pragma once
#include "sys/sys.h"

namespace rxlab {

/// Input is fed and both outputs are drained together, so that no size of either blocks. Output is
/// in English (LC_ALL=C). With `seconds` it is killed after so long, or when we are told to stop;
/// without, it is waited for whatever happens, for it may be undoing something.
/// @throws Error(Status::usage) when no such program is in PATH or the sbin folders,
/// Error(Status::invalid) when its time is over, Error(Status::interrupted).
CommandResult run_child(const std::vector<std::string>& argv, const std::string& input,
                        double seconds = 0);

}  // namespace rxlab
