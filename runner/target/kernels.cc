// SPDX-License-Identifier: GPL-2.0
#include "target/kernels.h"

#include <fmt/ranges.h>

#include "target/kernel_rows.h"

namespace rxlab {

const std::vector<KernelRow> kKernels = {RXLAB_KERNEL_ROWS};

const char* default_kernel() {
    return kKernels.front().name;
}

std::vector<std::string> kernel_names() {
    std::vector<std::string> names;
    for (const KernelRow& row : kKernels) names.emplace_back(row.name);
    return names;
}

std::string kernel_words() {
    return fmt::format(
        "{}, a version from 'rxlab kernels', or the path of a bzImage, of a "
        ".deb or of a kernel tree",
        fmt::join(kernel_names(), ", "));
}

}  // namespace rxlab
