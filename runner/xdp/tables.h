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

/// What applies to a frame without ports.
struct OtherEntry {
    uint32_t key = 0;    ///< of `others`
    uint32_t entry = 0;  ///< rank, slot and verdict
    bool operator==(const OtherEntry&) const = default;
};

struct Tables {
    /// A packet's class of sources is i + 1 where prefixes[i] is the longest that its address has,
    /// 0 for none. What applies to shorter ones of the same addresses is in its tables too.
    std::vector<Prefix> prefixes, to_prefixes;
    std::vector<uint16_t> vlans;  ///< class i + 1's
    /// Set of each (class of source, of destination, of VLAN), the last counting fastest. Empty:
    /// there are classes of sources only, and a set is one.
    std::vector<uint32_t> combined;
    size_t set_count = 1;
    std::vector<PortRun> runs;  ///< disjoint; by set, table and port
    std::vector<OtherEntry> others;
    bool has_source_rules = false, has_destination_rules = false;
    size_t sets() const { return set_count; }
};

/// @param slots of each rule, where it is counted. @pre the rules are ranked.
/// @throws Error(Status::usage): more combinations of addresses and VLANs than fit.
Tables tables_of(const std::vector<PortRule>& rules, const std::vector<uint32_t>& slots);

/// Ports first..last as prefixes of 16 bits: (first port, bits). At most 30.
std::vector<std::pair<uint16_t, int>> port_prefixes(uint32_t first, uint32_t last);

}  // namespace rxlab
