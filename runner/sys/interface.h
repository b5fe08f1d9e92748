// SPDX-License-Identifier: GPL-2.0
// Where a network interface is.
#pragma once
#include <string>
#include <vector>

namespace rxlab {

struct Interface {
    std::string netns;  ///< name under /run/netns, empty for the caller's own
    std::string name;
};

using Interfaces = std::vector<Interface>;

}  // namespace rxlab
