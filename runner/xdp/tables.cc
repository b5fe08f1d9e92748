// SPDX-License-Identifier: GPL-2.0
#include "xdp/tables.h"

#include <algorithm>
#include <bit>
#include <set>

namespace rxlab {
namespace {

bool in_table(const PortRule& rule, uint32_t table) {
    return rule.destination == ((table & FILTER_DESTINATION) != 0) &&
           (!rule.udp || *rule.udp == ((table & FILTER_UDP) != 0)) &&
           (!rule.family || (*rule.family == Family::ipv6) == ((table & FILTER_IPV6) != 0));
}

bool in_set(const PortRule& rule, const Prefix* prefix) {
    return !rule.from || (prefix && contains(*rule.from, *prefix));
}

}  // namespace

Tables tables_of(const std::vector<PortRule>& rules, const std::vector<uint32_t>& slots) {
    Tables tables;
    std::set<Prefix> prefixes;
    for (const PortRule& rule : rules) {
        (rule.destination ? tables.has_destination_rules : tables.has_source_rules) = true;
        if (rule.from) prefixes.insert(*rule.from);
    }
    tables.prefixes.assign(prefixes.begin(), prefixes.end());
    std::vector<uint32_t> ports(FILTER_PORTS);
    for (uint32_t set = 0; set < tables.sets(); set++) {
        const Prefix* prefix = set ? &tables.prefixes[set - 1] : nullptr;
        for (uint32_t table = 0; table < FILTER_TABLES; table++) {
            if (prefix && (prefix->family == Family::ipv6) != ((table & FILTER_IPV6) != 0))
                continue;
            std::fill(ports.begin(), ports.end(), 0);
            for (size_t i = rules.size(); i-- > 0;)  // the most specific last, over the others
                if (in_table(rules[i], table) && in_set(rules[i], prefix))
                    std::fill(ports.begin() + rules[i].first, ports.begin() + rules[i].last + 1,
                              static_cast<uint32_t>(i + 1) << FILTER_RANK_SHIFT |
                                  slots[i] << FILTER_SLOT_SHIFT | rules[i].drop);
            for (uint32_t first = 0, next; first < FILTER_PORTS; first = next) {
                for (next = first + 1; next < FILTER_PORTS && ports[next] == ports[first]; next++) {
                }
                if (ports[first])
                    tables.runs.push_back({set, table, first, next - 1, ports[first]});
            }
        }
    }
    return tables;
}

std::vector<std::pair<uint16_t, int>> port_prefixes(uint32_t first, uint32_t last) {
    std::vector<std::pair<uint16_t, int>> prefixes;
    while (first <= last) {
        int free = first ? std::countr_zero(first) : 16;  // bits that may differ
        while (first + (1u << free) - 1 > last) free--;
        prefixes.emplace_back(static_cast<uint16_t>(first), 16 - free);
        first += 1u << free;
    }
    return prefixes;
}

}  // namespace rxlab
