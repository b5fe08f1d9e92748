// SPDX-License-Identifier: GPL-2.0
// One run of a program, of which attribution's window holds nothing else (attribution/markers.h).
#pragma once
#include <sys/types.h>
#include <string>
#include <vector>

namespace rxlab {

struct MarkedRun {
    std::string file;  ///< the program
    std::vector<std::string> argv;
    std::string folder;              ///< its working directory
    std::string out_path, err_path;  ///< files that its output goes to; its input is /dev/null
};

/// The window begins with the system call that makes a new process the program, and ends when the
/// one that has waited for its end returns.
/// @return its wait status. @throws Error(Status::usage) when it cannot be started
int run_marked(const MarkedRun& run);

/// In a new process: its folder, input and output; it does not outlive its parent. @return errno
int prepare_to_become(const MarkedRun& run);
/// As execve(2) takes them; they live as long as `run`.
std::vector<char*> argv_of(const MarkedRun& run);

}  // namespace rxlab
