// SPDX-License-Identifier: GPL-2.0
// Does the running kernel take modules that somebody built for it?
#pragma once
#include "sys/sys.h"

namespace rxlab {

struct ModulesRefused {
    std::string why;  ///< empty: it takes them
    std::string next;
};
/// Why it takes none, or only such as are signed with a key it knows.
ModulesRefused modules_refused(Sys& sys);

}  // namespace rxlab
