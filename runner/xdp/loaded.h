// SPDX-License-Identifier: GPL-2.0
// A port filter on an interface, that stays when its process ends: pinned under /sys/fs/bpf/rxlab.
#pragma once
#include "sys/bpf.h"
#include "xdp/engine.h"

#include <map>

namespace rxlab {

struct FilterPlace {
    std::string interface;
    std::string netns;  ///< name under /run/netns; empty: the caller's own
    std::string root = "/sys/fs/bpf/rxlab";
    /// The folder of its pins: root/eth0, root/NETNS:eth0. bpffs allows no dots in names: they are
    /// %2e.
    std::string folder() const;
};

struct FilterRule {
    std::string rule;  ///< as rule_from() reads it
    uint32_t slot = 0;
    Count count;
};

/// Everything that is counted, summed over CPUs.
struct FilterStats {
    std::string engine, mode;
    bool attached = false;  ///< false: the interface went away
    uint64_t when_ns = 0;   ///< CLOCK_MONOTONIC
    std::map<std::string, Count> verdicts, parsed, decided, ethertypes,
        protocols;                  ///< by name; `decided`: where no rule did
    std::vector<FilterRule> rules;  ///< the most specific first
    std::map<std::string, Count> passed_ports,
        dropped_ports;  ///< "udp 53", destination ports that were seen
};
Json to_json(const FilterStats& stats);

/// Puts a filter on an interface. Nothing is touched unless all can be done; whatever fails leaves
/// nothing.
/// @param replace takes away a program of somebody else's.
/// @throws Error: no such interface, no bpffs, no privilege, a program is there already, no XDP in
/// the driver.
void load_filter(Sys& sys, const FilterPlace& place, const Engine& engine, const RuleSet& set,
                 XdpMode mode, bool replace);

/// What is loaded there. @throws Error(Status::usage): nothing is.
RuleSet loaded_rules(const FilterPlace& place);
FilterStats filter_stats(Sys& sys, const FilterPlace& place);

/// From one packet to the next the rules are others; what stays keeps its counters.
void change_rules(const FilterPlace& place, const RuleSet& set);

/// Detaches and removes all pins. Works too when the interface is gone, or a load was killed
/// halfway.
void unload_filter(const FilterPlace& place);

}  // namespace rxlab
