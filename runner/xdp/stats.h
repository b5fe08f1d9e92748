// SPDX-License-Identifier: GPL-2.0
// What a port filter counted.
#pragma once
#include "xdp/loaded.h"

namespace rxlab {

struct FilterRule {
    std::string rule;  ///< as rule_from() reads it
    uint32_t slot = 0;
    Count count;
};

/// Everything that is counted, summed over CPUs.
struct FilterStats {
    std::string engine, mode;
    uint32_t program_id = 0;  ///< that of the rules below; a change of rules is another program
    std::string pins;         ///< where its counters have names; empty: nowhere here
    std::map<std::string, uint32_t> map_ids;  ///< for bpftool map dump id
    uint64_t when_ns = 0;                     ///< CLOCK_MONOTONIC
    std::map<std::string, Count> verdicts, parsed, decided, ethertypes,
        protocols;  ///< by name; `decided`: where no rule did
    bool drop_by_default = false;
    std::vector<FilterRule> rules;  ///< the most specific first
    std::map<std::string, Count> passed_ports,
        dropped_ports;  ///< "udp 53", destination ports that were seen
};
Json to_json(const FilterStats& stats);

/// @throws Error(Status::usage): no filter is there; it says what is.
FilterStats filter_stats(Sys& sys, const FilterPlace& place);

}  // namespace rxlab
