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

/// The commit that a word names in the checkout `data`, 40 hex digits; empty where it names none.
std::string commit_of(Sys& sys, const std::filesystem::path& data, const std::string& word);

/// A folder of the checkout as it was at the commit, in the cache: written once.
/// @throws Error(Status::usage): the commit has no such folder
std::filesystem::path folder_at(Sys& sys, const std::filesystem::path& data,
                                const std::string& commit, const std::string& folder);

}  // namespace rxlab
