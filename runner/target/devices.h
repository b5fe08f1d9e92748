// SPDX-License-Identifier: GPL-2.0
// Devices that an experiment may add to its guests.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace rxlab {

/// A row of kDevices. Only devices that QEMU can save and restore, since trials start from
/// snapshots.
struct Device {
    const char* name;
    const char* summary;
    const char* qemu;     ///< argument of -device
    const char* machine;  ///< the board it needs, or empty
};
extern const Device kDevices[];
extern const size_t kDeviceCount;

/// QEMU's arguments for `devices`, in the order of the table: an IOMMU has to come before what it
/// translates for.
/// @throws Error(Status::usage) when there is no such device, or it needs another board than
/// `machine`.
std::vector<std::string> device_argv(const std::string& machine,
                                     const std::vector<std::string>& devices);

}  // namespace rxlab
