// SPDX-License-Identifier: GPL-2.0
// From rules to what the programs look up (bpf/filter_tables.h). Pure.
#pragma once
#include "bpf/filter_tables.h"
#include "xdp/rules.h"

namespace rxlab {

/// Neighbouring ports of one table whose most specific rule is the same one.
struct PortRun {
    uint32_t set = 0, table = 0;
    uint32_t first = 0, last = 0;  ///< ports, inclusive
    uint32_t entry = 0;            ///< rank, slot and verdict
    bool operator==(const PortRun&) const = default;
};

struct Tables {
    std::vector<Prefix> prefixes;  ///< prefixes[i] is set i + 1's; shorter ones of the same
                                   ///< addresses before it are in its tables too
    std::vector<PortRun> runs;     ///< disjoint; by set, table and port
    bool has_source_rules = false, has_destination_rules = false;
    size_t sets() const { return prefixes.size() + 1; }
};

/// @param slots of each rule, where it is counted. @pre the rules are ranked.
Tables tables_of(const std::vector<PortRule>& rules, const std::vector<uint32_t>& slots);

/// Ports first..last as prefixes of 16 bits: (first port, bits). At most 30.
std::vector<std::pair<uint16_t, int>> port_prefixes(uint32_t first, uint32_t last);

}  // namespace rxlab
