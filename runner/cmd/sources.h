// SPDX-License-Identifier: GPL-2.0
// Where the functions of a difference are declared. A kernel that is not found again is one without
// debug information: what was measured is told all the same.
#pragma once
#include "change/document.h"

namespace rxlab {

/// Of each function in it, where the debug information of a kernel or module tells it.
void find_sources(Diff& diff);

/// Likewise. @param before, after what was booted: "kernel" as for find_kernel(), "kmod"; and what
/// was run there: "programs", paths by what they are called in the guest
void find_sources(Differences& found, const Json& before, const Json& after);

}  // namespace rxlab
