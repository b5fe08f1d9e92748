// SPDX-License-Identifier: GPL-2.0
// `rxlab shell`: a command, or a person, in the guest.
#pragma once
#include <string>
#include <vector>

#include "target/kernels.h"

namespace rxlab {

struct ShellOptions {
    std::string kernel = default_kernel();  ///< as VmOptions::kernel
    std::string modules;
    std::string cpu = "Haswell-noTSX";
    int memory_mib = 384;
    int smp = 2;
    bool in_turns = false;  ///< the CPUs take turns on one host thread
    std::string board = "pc";
    std::vector<std::string> devices;  ///< as device_argv() has them
    std::vector<std::string>
        extras;           ///< programs the guest holds besides those of every guest (vm/manifest)
    std::string cmdline;  ///< appended to the kernel's
    bool icount = false;  ///< the counted lane's machine: one CPU, every run the same
    std::vector<std::string>
        files;  ///< copied to the working directory in the guest, with their mode
    std::vector<std::string> argv;  ///< empty: an interactive shell on this terminal
    double timeout_s = 600;
};

/// Passes output on as it comes and returns the command's exit status. @throws Error(Status::lost)
/// when the guest dies.
int shell_main(const ShellOptions& options);

}  // namespace rxlab
