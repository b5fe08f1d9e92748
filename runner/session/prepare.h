// SPDX-License-Identifier: GPL-2.0
#pragma once
#include "sys/sys.h"

namespace rxlab {

/// Address of _text, "" when it is hidden. The kernel's symbols are read once: the base does not
/// change while it runs.
std::string kernel_base(Sys& sys);
std::string kernel_release(Sys& sys);

/// Of the modules trials may need, those this kernel has as modules (modules.dep) and has not
/// loaded.
std::vector<std::string> modules_to_load(Sys& sys);

}  // namespace rxlab
