// SPDX-License-Identifier: GPL-2.0
#include "xdp/tables.h"

#include "base/error.h"

#include <fmt/format.h>
#include <algorithm>
#include <bit>
#include <map>
#include <set>

namespace rxlab {
namespace {

constexpr size_t kMostCombined = 1 << 20;  // classes of sources times destinations times VLANs
constexpr size_t kMostKeyedSets = (1 << 16) - 1;  // what an engine's key has room for

constexpr uint8_t kTcp = 6, kUdp = 17;

bool in_table(const PortRule& rule, uint32_t table) {
    return (rule.any_port || rule.destination) == ((table & FILTER_DESTINATION) != 0) &&
           (!rule.protocol || *rule.protocol == (table & FILTER_UDP ? kUdp : kTcp)) &&
           (!rule.family || (*rule.family == Family::ipv6) == ((table & FILTER_IPV6) != 0));
}

bool is_about_frames(const PortRule& rule) {
    return !rule.protocol && !rule.family;
}

/// The packets of one set: those whose longest prefixes and VLAN are these.
struct Class {
    const Prefix *from = nullptr, *to = nullptr;
    const uint16_t* vlan = nullptr;
};

bool in_class(const PortRule& rule, const Class& one) {
    return (!rule.from || (one.from && contains(*rule.from, *one.from))) &&
           (!rule.to || (one.to && contains(*rule.to, *one.to))) &&
           (!rule.vlan || (one.vlan && *rule.vlan == *one.vlan));
}

std::vector<size_t> rules_of(const std::vector<PortRule>& rules, const Class& one) {
    std::vector<size_t> found;
    for (size_t i = 0; i < rules.size(); i++)
        if (in_class(rules[i], one)) found.push_back(i);
    return found;
}

template <class Value>
const Value* at_class(const std::vector<Value>& values, size_t index) {
    return index ? &values[index - 1] : nullptr;
}

class Builder {
public:
    Builder(const std::vector<PortRule>& rules, const std::vector<uint32_t>& slots)
        : rules_(rules), slots_(slots), ports_(FILTER_PORTS) {}

    Tables build() {
        find_classes();
        if (tables_.to_prefixes.empty() && tables_.vlans.empty())
            by_source();
        else
            by_combination();
        return std::move(tables_);
    }

private:
    uint32_t entry(size_t i) const {
        return static_cast<uint32_t>(i + 1) << FILTER_RANK_SHIFT | slots_[i] << FILTER_SLOT_SHIFT |
               rules_[i].drop;
    }

    void find_classes() {
        std::set<Prefix> from, to;
        std::set<uint16_t> vlans;
        for (const PortRule& rule : rules_) {
            (rule.destination || rule.any_port ? tables_.has_destination_rules
                                               : tables_.has_source_rules) = true;
            if (rule.from) from.insert(*rule.from);
            if (rule.to) to.insert(*rule.to);
            if (rule.vlan) vlans.insert(*rule.vlan);
        }
        tables_.prefixes.assign(from.begin(), from.end());
        tables_.to_prefixes.assign(to.begin(), to.end());
        tables_.vlans.assign(vlans.begin(), vlans.end());
    }

    /// A set for each prefix of source addresses, with tables of its family only.
    void by_source() {
        tables_.set_count = tables_.prefixes.size() + 1;
        for (uint32_t set = 0; set < tables_.set_count; set++) {
            const Prefix* prefix = at_class(tables_.prefixes, set);
            add_set(set, rules_of(rules_, {prefix, nullptr, nullptr}),
                    prefix ? std::optional(prefix->family) : std::nullopt);
        }
    }

    /// A set for each group of combinations that the same rules apply to.
    void by_combination() {
        const size_t sources = tables_.prefixes.size() + 1,
                     destinations = tables_.to_prefixes.size() + 1,
                     vlans = tables_.vlans.size() + 1;
        if (sources > kMostCombined || destinations > kMostCombined / sources ||
            vlans > kMostCombined / sources / destinations)
            refuse(fmt::format("{} prefixes of sources, {} of destinations and {} VLANs",
                               sources - 1, destinations - 1, vlans - 1));
        if (sources * destinations * vlans * rules_.size() > size_t{1} << 30)
            refuse(fmt::format("{} rules in {} combinations", rules_.size(),
                               sources * destinations * vlans));
        std::map<std::vector<size_t>, uint32_t> known;
        for (size_t a = 0; a < sources; a++)
            for (size_t b = 0; b < destinations; b++)
                for (size_t c = 0; c < vlans; c++) {
                    const auto [found, is_new] =
                        known.emplace(rules_of(rules_, {at_class(tables_.prefixes, a),
                                                        at_class(tables_.to_prefixes, b),
                                                        at_class(tables_.vlans, c)}),
                                      static_cast<uint32_t>(known.size()));
                    tables_.combined.push_back(found->second);
                    if (is_new) add_set(found->second, found->first, {});
                }
        tables_.set_count = known.size();
    }

    [[noreturn]] static void refuse(const std::string& what) {
        throw Error(Status::usage,
                    fmt::format("more combinations of addresses and VLANs than a filter has room "
                                "for: {}",
                                what),
                    "rules that name fewer of them, or rules of one kind (from, to, vlan) only");
    }

    void add_set(uint32_t set, const std::vector<size_t>& rules, std::optional<Family> family) {
        if (set > kMostKeyedSets) refuse(fmt::format("more than {} sets of rules", kMostKeyedSets));
        for (uint32_t table = 0; table < FILTER_TABLES; table++)
            if (!family || (*family == Family::ipv6) == ((table & FILTER_IPV6) != 0))
                add_table(set, table, rules);
        add_others(set, rules);
    }

    void add_table(uint32_t set, uint32_t table, const std::vector<size_t>& rules) {
        std::fill(ports_.begin(), ports_.end(), 0);
        bool any = false;
        for (auto i = rules.rbegin(); i != rules.rend(); ++i) {  // the most specific last
            const PortRule& rule = rules_[*i];
            if (!in_table(rule, table)) continue;
            any = true;
            std::fill(ports_.begin() + (rule.any_port ? 0 : rule.first),
                      ports_.begin() + (rule.any_port ? FILTER_PORTS : rule.last + 1), entry(*i));
        }
        for (uint32_t first = 0, next; any && first < FILTER_PORTS; first = next) {
            for (next = first + 1; next < FILTER_PORTS && ports_[next] == ports_[first]; next++) {
            }
            if (ports_[first]) tables_.runs.push_back({set, table, first, next - 1, ports_[first]});
        }
    }

    void add_others(uint32_t set, const std::vector<size_t>& rules) {
        std::map<uint32_t, uint32_t> entries;
        for (const size_t i : rules) {  // the most specific first, and it stays
            const PortRule& rule = rules_[i];
            if (!rule.any_port) continue;
            if (is_about_frames(rule)) entries.emplace(FILTER_NO_IP, entry(i));
            for (uint32_t family = 0; family < 2; family++) {
                if (rule.family && (*rule.family == Family::ipv6) != (family == FILTER_IPV6))
                    continue;
                for (uint32_t protocol = 0; protocol < 256; protocol++)
                    if (!rule.protocol || *rule.protocol == protocol)
                        entries.emplace(family << 8 | protocol, entry(i));
            }
        }
        for (const auto& [key, value] : entries)
            tables_.others.push_back({set * FILTER_OTHERS + key, value});
    }

    const std::vector<PortRule>& rules_;
    const std::vector<uint32_t>& slots_;
    std::vector<uint32_t> ports_;
    Tables tables_;
};

}  // namespace

Tables tables_of(const std::vector<PortRule>& rules, const std::vector<uint32_t>& slots) {
    return Builder(rules, slots).build();
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
