// SPDX-License-Identifier: GPL-2.0
// What `rxlab syscalls` prints.
#pragma once
#include "change/program_cost.h"

#include <string>
#include <vector>

namespace rxlab {

/// "./x: 5000 instructions: 4000 of the kernel, 1000 of the program".
void print_total(const std::string& name, const ProgramCost& cost);

/// By system call, and by the kernel's functions.
void print_cost(const ProgramCost& cost);
void print_change(const ProgramChange& change);

/// Whether boots gave the same.
void print_repeats(const std::vector<ProgramCost>& costs, int rounds);

}  // namespace rxlab
