// SPDX-License-Identifier: GPL-2.0
// The commands there are, one file and one row each.
#pragma once
#include "cmd/options.h"

namespace rxlab {

struct Command {
    const char* name;
    const char* summary;
    void (*define)(CommandOptions options);  ///< declares its options and what it does
    const char* group;                       ///< heading in --help; empty hides it
};
extern const Command kCommands[];
extern const size_t kCommandCount;

}  // namespace rxlab
