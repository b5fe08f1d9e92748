// SPDX-License-Identifier: GPL-2.0
// Which sources this rxlab is of.
#pragma once
#include <filesystem>
#include <string>

#include "sys/sys.h"

namespace rxlab {

/// What `git describe --always --dirty` says of the checkout `data`, or its file `version` where it
/// was installed; "unknown" where there is neither. Only a repository of the folder itself that is
/// ours is asked, and no program runs that its configuration names (fsmonitor, filters, hooks).
std::string source_version(Sys& sys, const std::filesystem::path& data);

}  // namespace rxlab
