// SPDX-License-Identifier: GPL-2.0
// Devices that an experiment may add to its guests.
#pragma once
#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace rxlab {

/// A row of kDevices. Only devices that QEMU can save and restore, since trials start from
/// snapshots. Pairs of NICs ("nic:MODEL") are rows of kNicModels (topology/nic_models.h).
struct Device {
    const char* name;
    const char* summary;
    const char* qemu;     ///< argument of -device
    const char* machine;  ///< the board it needs, or empty
};
extern const Device kDevices[];
extern const size_t kDeviceCount;

/// QEMU's arguments for `devices`, in the order of the table: an IOMMU has to come before what it
/// translates for. NICs come last.
/// @throws Error(Status::usage) when there is no such device, or it needs another board than
/// `machine`.
std::vector<std::string> device_argv(const std::string& machine,
                                     const std::vector<std::string>& devices);

/// What vm/mkimage has to add for them: the modules of their drivers.
std::set<std::string> device_extras(const std::vector<std::string>& devices);

/// Names of the devices in what `qemu-system-x86_64 -device help` says.
std::set<std::string> devices_in_help(const std::string& help);

/// What these need and is not there: a QEMU that has them (devices_in_help(); "--version" is its
/// own word), drivers that the kernel of this release lacks. Empty: nothing.
std::string lacking_for_devices(const std::vector<std::string>& devices,
                                const std::set<std::string>& qemu_has,
                                const std::string& qemu_version,
                                const std::set<std::string>& kernel_lacks,
                                const std::string& release);

}  // namespace rxlab
