// SPDX-License-Identifier: GPL-2.0
// rxlab's own kernel modules: a guest's payload brings them, on a machine they are built.
#pragma once
#include "journal/journal.h"

namespace rxlab {

/// Where $RXLAB_MODULES names no folder and no payload brings modules, `build` is asked for
/// the folder that they are in then, whenever one is loaded. Null: nobody builds any.
void build_modules_by(std::string (*build)());

/// insmod with parameters (integers, booleans, strings), undone by rmmod. @throws
/// Error(Status::usage) with the module's own last words.
void load_module(Sys& sys, Journal& journal, const std::string& name, const Json& parameters);

}  // namespace rxlab
