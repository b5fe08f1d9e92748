// SPDX-License-Identifier: GPL-2.0
// The cache folder and work folders in it that go away with us.
#pragma once
#include "base/whole_file.h"

#include <filesystem>
#include <string>

namespace rxlab {

/// $XDG_CACHE_HOME/rxlab or ~/.cache/rxlab. @throws Error(Status::usage) without a home.
std::filesystem::path cache_folder();

/// The folder of the checkout this binary belongs to: $RXLAB_ROOT, or the nearest above the binary
/// with vm/mkimage.
/// @throws Error(Status::usage)
std::filesystem::path checkout();

/// QEMU's plugin that counts by function; it lies beside this program.
std::string attribution_plugin();

/// A private folder under the cache, removed by the destructor; those of killed processes are
/// removed by the next one.
class WorkFolder {
public:
    WorkFolder();
    ~WorkFolder();
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    std::string path(const std::string& name) const { return folder_ / name; }

private:
    std::filesystem::path folder_;
};

}  // namespace rxlab
