// SPDX-License-Identifier: GPL-2.0
// A network device: what a program is attached to. A name is only how it is called today.
#pragma once
#include "sys/sys.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rxlab {

struct NetDevice {
    std::string netns;  ///< name under /run/netns, how in_netns() gets there; empty: where we are
    std::string name;
    unsigned index = 0;         ///< in its namespace
    uint64_t namespace_id = 0;  ///< the inode of its namespace
};

/// @throws Error(Status::usage): a name that cannot be one, no such namespace, no such interface.
NetDevice device_of(Sys& sys, const std::string& netns, const std::string& interface);
/// All of a namespace.
std::vector<NetDevice> devices_in(Sys& sys, const std::string& netns);

/// The inode of a namespace; empty: the caller's own. @throws Error(Status::usage): no such one.
uint64_t namespace_id(const std::string& netns);
/// Those that have a name under /run/netns; not a file there that is none, as one that is just
/// being made, or was not removed whole.
std::vector<std::string> named_namespaces();
/// All of this namespace, then of each that has a name, but for one that is removed meanwhile.
std::vector<NetDevice> devices_everywhere(Sys& sys);
/// Is the device still where it was? Who goes through all may find one gone.
bool is_there(Sys& sys, const NetDevice& device);

}  // namespace rxlab
