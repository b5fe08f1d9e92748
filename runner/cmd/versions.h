// SPDX-License-Identifier: GPL-2.0
// The versions that the archive and the cache have of a kernel.
#pragma once
#include "change/contrast.h"

#include <string>
#include <vector>

namespace rxlab {

struct KernelVersion {
    std::string version;  ///< what --kernel takes: "6.12.107", "6.12.117-rt", "6.1.0-50"
    std::string package, package_version;
    std::string
        state;  ///< "archive", "cached", "gone": unpacked here, and no longer in the archive
};

/// What vm/kernel --list says, oldest first.
std::vector<KernelVersion> kernel_versions();

/// Those of a series, as "6.12" or "6.12-rt", oldest first.
/// @throws Error(Status::usage): there are fewer than `least`
std::vector<std::string> versions_of(const std::string& series, size_t least = 2);

/// Of one series, those between two; the two are not among them.
/// @throws Error(Status::usage): one of them is no such version, or the first is the later
std::vector<std::string> versions_between(const std::string& first, const std::string& last);

/// Entries of the later one's changelog that the earlier one's has not; none where it is no package
/// of the archive's.
std::vector<std::string> changelog_between(const Subject& before, const Subject& after);

}  // namespace rxlab
