// SPDX-License-Identifier: GPL-2.0
// The port filter in the kernel: a program of one engine with its tables filled.
#pragma once
#include "sys/bpf.h"
#include "xdp/tables.h"

namespace rxlab {

/// A row of kEngines: how a program finds a port's rule.
struct Engine {
    const char* name;
    const char* program;  ///< of bpf/
    const char* summary;
    /// Sizes its maps, before they are made. @throws Error(Status::usage): rules that it has no
    /// room for.
    void (*size)(BpfObject& object, const Tables& tables);
    void (*fill)(const BpfObject& object, const Tables& tables);
};
extern const Engine kEngines[];
extern const size_t kEngineCount;
/// @throws Error(Status::usage) with the nearest valid name.
const Engine& engine_named(const std::string& name);

/// Packets and bytes.
struct Count {
    uint64_t packets = 0, bytes = 0;
    Count& operator+=(const Count& more) {
        return packets += more.packets, bytes += more.bytes, *this;
    }
};

/// What is counted; less is cheaper.
struct Counting {
    bool bytes = true, protocols = true, ports = true, rules = true;
};

/// Slot -> the rule counted there; a rule that stays keeps its slot when others come and go.
struct Slots {
    std::vector<uint32_t> of_rule;  ///< rule i's
    uint32_t next = FILTER_FIRST_SLOT;
    uint32_t capacity = 0;         ///< slots there are in all; 0: not decided yet
    std::vector<uint32_t> reused;  ///< of rules that went: their counters have to begin at 0
};
/// The slots of `rules`, of which those in `old` keep theirs.
/// @throws Error(Status::usage) when there are not enough for the old and the new together.
Slots slots_for(const std::vector<PortRule>& rules, const std::vector<PortRule>& old,
                const Slots& old_slots);

/// Maps that outlive a change of rules.
inline constexpr const char* kCounterMaps[] = {"xdp_verdicts", "parsed", "ethertypes",
                                               "ip_protocols", "ports",  "rules"};

/// Loaded and filled, attached to nothing. `counters` (name, descriptor): maps to go on counting
/// in.
BpfObject build_filter(const Engine& engine, const RuleSet& set, const Slots& slots,
                       const Counting& counting = {},
                       const std::vector<std::pair<std::string, int>>& counters = {});

}  // namespace rxlab
