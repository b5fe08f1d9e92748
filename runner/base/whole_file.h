// SPDX-License-Identifier: GPL-2.0
// A file that is written as a whole, or not at all.
#pragma once
#include <filesystem>
#include <string_view>

namespace rxlab {

/// Under another name first, then renamed: a reader finds all of it, or what was there before.
/// @throws Error(Status::invalid): full disk, unwritable folder.
void write_whole(const std::filesystem::path& path, std::string_view bytes);

}  // namespace rxlab
