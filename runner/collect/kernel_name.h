// SPDX-License-Identifier: GPL-2.0
// The kernel's own name of the function at one of its addresses (bpf/kernel_name.bpf.c).
#pragma once
#include <cstdint>
#include <string>

namespace rxlab {

/// What takes long: loads the program.
void prepare_kernel_names();

/// Without the module; "[unknown]" where it has none.
std::string kernel_function(uint64_t address);

}  // namespace rxlab
