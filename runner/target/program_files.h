// SPDX-License-Identifier: GPL-2.0
// The files of this machine that a trial needs in its guest.
#pragma once
#include "base/guest_file.h"
#include "base/json.h"
#include "target/archive.h"

#include <string>
#include <vector>

namespace rxlab {

/// With the libraries of programs, which have their own paths there; names are relative to "/".
/// @throws Error(Status::usage): one cannot be read, is no program, or lacks a library; two would
/// lie at one place
std::vector<ArchiveFile> guest_files(const std::vector<GuestFile>& files);

/// [{"name": "file /program/x", "from": "", "sha256": "..."}], as ingredient_rows() has them.
Json ingredient_rows(const std::vector<ArchiveFile>& files);

}  // namespace rxlab
