// SPDX-License-Identifier: GPL-2.0
// A port filter as it is found on a device: the program that the kernel runs there, and the maps
// that this very program keeps. Nothing else says what is loaded, so the list is what is enforced.
#pragma once
#include "sys/bpf.h"
#include "xdp/engine.h"

#include <map>

namespace rxlab {

struct LoadedRule {
    uint32_t slot = 0;
    std::string text;  ///< as rule_from() reads it
};

/// Of one moment: program, rules and settings are of one change, whatever changes meanwhile.
struct Filter {
    uint32_t id = 0;  ///< of the program
    XdpMode mode = XdpMode::native;
    Fd program;
    std::map<std::string, Fd> maps;
    filter_settings settings{};

    /// @throws Error(Status::usage): loaded by another version of rxlab.
    void require_this_version(const std::string& interface) const;
    int map(const std::string& name) const { return maps.at(name).get(); }
    std::vector<LoadedRule> rules() const;  ///< the most specific first
    RuleSet rule_set() const;
    uint32_t counters_id() const;  ///< of a map that stays while rules come and go
};

/// The filter on a device; none: nothing is there, or a program of somebody else's.
std::optional<Filter> filter_on(Sys& sys, const NetDevice& device);

/// Makes the program keep what the kernel does not need of it: its rules as words, its settings.
void keep_description(const BpfObject& object, filter_settings settings);

/// Ids of all maps that some filter's program keeps.
std::vector<uint32_t> maps_of_filters();

}  // namespace rxlab
