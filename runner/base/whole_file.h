// SPDX-License-Identifier: GPL-2.0
// Whole files: read so that a failure is never taken for an empty file, written as a whole or not
// at all.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace rxlab {

/// @throws Error(Status::invalid) naming path and reason.
std::string read_whole(const std::filesystem::path& path);
/// Nothing when there is no such file; @throws Error(Status::invalid) when it is there and cannot
/// be read.
std::optional<std::string> read_if_there(const std::filesystem::path& path);
/// An open file from where it stands to its end, or to where it would wait. @param name: for
/// people.
std::string read_whole(int fd, const std::string& name);

/// Under another name first, then renamed: a reader finds all of it, or what was there before, also
/// after a loss of power.
/// @throws Error(Status::invalid): full disk, unwritable folder.
void write_whole(const std::filesystem::path& path, std::string_view bytes);

/// And the folders that it is in. @throws Error(Status::invalid): it cannot be made.
void make_folder(const std::filesystem::path& folder);

}  // namespace rxlab
