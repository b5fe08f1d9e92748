// SPDX-License-Identifier: GPL-2.0
// rxlab's own kernel modules, which come with the payload.
#pragma once
#include "journal/journal.h"

namespace rxlab {

/// insmod with parameters (integers, booleans, strings), undone by rmmod. @throws
/// Error(Status::usage) with the module's own last words.
void load_module(Sys& sys, Journal& journal, const std::string& name, const Json& parameters);

}  // namespace rxlab
