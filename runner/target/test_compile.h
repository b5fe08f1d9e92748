// SPDX-License-Identifier: GPL-2.0
// For tests: files with debug information.
#pragma once
#include "sys/process.h"

#include <filesystem>
#include <string>

namespace rxlab::test {

/// A command of the shell, in a folder that is made where it is not there.
inline void compile(const std::filesystem::path& folder, const std::string& command) {
    std::filesystem::create_directories(folder);
    capture({"sh", "-c", "cd \"$1\" && " + command, "sh", folder});
}

}  // namespace rxlab::test
