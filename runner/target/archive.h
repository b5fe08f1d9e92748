// SPDX-License-Identifier: GPL-2.0
// newc cpio archives: how files get into the guest.
#pragma once
#include <string>
#include <vector>

namespace rxlab {

struct ArchiveFile {
    std::string name;  ///< relative; folders on the way are made
    unsigned mode = 0644;
    std::string content;
};

/// Sorted by name, times and owners 0: the same files give the same bytes.
std::string newc_archive(std::vector<ArchiveFile> files);

}  // namespace rxlab
