// SPDX-License-Identifier: GPL-2.0
// Names for a filter's counters in a bpffs, for bpftool and others. They are a convenience: a
// filter stays, is found and is taken away without them.
#pragma once
#include "sys/bpf.h"

#include <optional>
#include <string>
#include <vector>

namespace rxlab {

/// A folder per filter, called by namespace and index of the device it was loaded on; beside it a
/// symbolic link called as people call the device: eth0, NETNS:eth0. bpffs allows no dots in names:
/// they are %2e.
class Pins {
public:
    explicit Pins(std::string root) : root_(std::move(root)) {}

    /// Is there a bpffs to have them in?
    bool possible() const;
    /// Pins the counters. @returns the folder's name; empty without a bpffs.
    std::string add(const NetDevice& device, const BpfObject& object) const;
    /// Removes the folder, if its counters are those of this map, and what links to it.
    void remove(const std::string& folder, uint32_t counters_id) const;
    /// Removes the folders whose filters have ended. @returns the names that led to them.
    std::vector<std::string> sweep() const;
    /// The easiest path to the counters with this map; empty: they have no names here.
    std::string path_of(const NetDevice& device, const std::string& folder,
                        uint32_t counters_id) const;
    /// The folder that a device of this name was given; empty: none.
    std::string folder_called(const std::string& name) const;

private:
    std::string root_;
};

/// "eth0", "NETNS:eth0", "4026532281:eth0": the same name for the same device, from inside its
/// namespace and from outside.
std::string name_among_pins(uint64_t namespace_id, const std::string& interface);

}  // namespace rxlab
