// SPDX-License-Identifier: GPL-2.0
// One more run of a program, watched: where its files lie in memory. A guest has no randomised
// addresses, so they lie there in each run.
#pragma once
#include "traffic/marked_run.h"

namespace rxlab {

/// Lines of /proc/PID/maps, as each of its processes and threads has them when it ends. Empty where
/// that cannot be known, or one of them has become another program: then one address is of two
/// programs.
std::string mappings_of(const MarkedRun& run);

}  // namespace rxlab
