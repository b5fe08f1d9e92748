// SPDX-License-Identifier: GPL-2.0
// The kernels that have a name, from the file vm/kernels: one row there is one more.
#pragma once
#include <string>
#include <vector>

namespace rxlab {

struct KernelRow {
    const char* name;     ///< what --kernel and an experiment's "kernel" call it
    const char* package;  ///< Debian's metapackage
    const char* flavour;  ///< how the names of its images end
    const char* suite;    ///< where the archive has it
    const char* tests;    ///< "ci": on every change; "nightly": at night only
};

extern const std::vector<KernelRow> kKernels;

/// The first row's name: what a run takes when it is not told.
const char* default_kernel();

/// What may be given for one, for help and messages: "6.12, 6.1 ..., or the path of a bzImage ...".
std::string kernel_words();

/// All names, in the file's order.
std::vector<std::string> kernel_names();

}  // namespace rxlab
