// SPDX-License-Identifier: GPL-2.0
// The port filter on an interface of this machine, that stays when its process ends. It belongs to
// the device: it goes where the device goes (another name, another namespace) and ends with it.
// README.md says what is promised where several processes change it at once.
#pragma once
#include "xdp/attached.h"

#include <functional>
#include <utility>
#include <vector>

namespace rxlab {

struct FilterPlace {
    std::string interface;
    std::string netns;                       ///< name under /run/netns; empty: the caller's own
    std::string root = "/sys/fs/bpf/rxlab";  ///< names for its counters, where there is a bpffs
    std::string lock =
        "/run/rxlab-xdp.lock";  ///< of those who change something; it is never removed
};

/// One step that the kernel took: the program before and after, 0 for none. Every change is one.
struct Step {
    uint32_t from = 0, to = 0;
};

/// Puts a filter on an interface. Nothing is touched unless all can be done; whatever fails leaves
/// nothing.
/// @param replace takes away a program of somebody else's.
/// @throws Error: no such interface, no privilege, a program is there already, the kernel's reason.
Step load_filter(Sys& sys, const FilterPlace& place, const Engine& engine, const RuleSet& set,
                 XdpMode mode, bool replace);

/// From one packet to the next the rules are what `edit` makes of those that are loaded; what stays
/// keeps its counters. `edit` is called again where somebody else was faster.
/// @throws Error(Status::usage): no filter is there; it says what is.
Step change_rules(Sys& sys, const FilterPlace& place,
                  const std::function<RuleSet(const RuleSet&)>& edit);

/// Takes the filter off, and the names of its counters. Where the interface is gone, and the filter
/// with it, only names may be left: then the step is from 0 to 0.
/// @throws Error(Status::usage): neither is there.
Step unload_filter(Sys& sys, const FilterPlace& place);

/// All there are on this machine, in the caller's namespace and in those that have a name. @throws
/// Error(Status::usage): the caller is not root
std::vector<std::pair<NetDevice, Filter>> filters(Sys& sys);

/// What is loaded there. @throws Error(Status::usage): nothing is.
RuleSet loaded_rules(Sys& sys, const FilterPlace& place);

/// As a command names it: "eth0", "eth0 --netns red".
std::string address_of(const std::string& interface, const std::string& netns);

/// The device of a place. @throws Error(Status::usage): none is called so; where the filter is that
/// was loaded under this name.
NetDevice filter_device(Sys& sys, const FilterPlace& place);
/// @throws Error(Status::usage): none is there; what is there instead.
Filter required_filter(Sys& sys, const NetDevice& device);

}  // namespace rxlab
