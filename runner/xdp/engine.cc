// SPDX-License-Identifier: GPL-2.0
#include "xdp/engine.h"

#include "base/error.h"
#include "sys/advice.h"

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

namespace rxlab {
namespace {

constexpr size_t kMostBitmapSets = 64;  // the bitmap's tables are 2 MiB for each
constexpr size_t kMostEntries = 4'000'000;
constexpr uint32_t kLeastSlots = 4096;  // room for rules to come

template <class Key, class Value>
void put(int map, const char* name, const Key& key, const Value& value) {
    if (::bpf_map_update_elem(map, &key, &value, BPF_ANY))
        throw Error(Status::invalid,
                    fmt::format("filling BPF map '{}': {}", name, std::strerror(errno)));
}

template <class Visit>
void each_port(const Tables& tables, Visit visit) {
    for (const PortRun& run : tables.runs)
        for (uint32_t port = run.first; port <= run.last; port++) visit(run, port);
}

size_t port_count(const Tables& tables) {
    size_t count = 0;
    for (const PortRun& run : tables.runs) count += run.last - run.first + 1;
    return count;
}

uint32_t at_least_one(size_t entries) {
    return static_cast<uint32_t>(std::max<size_t>(entries, 1));
}

void size_bitmap(BpfObject& object, const Tables& tables) {
    if (tables.sets() > kMostBitmapSets)
        throw Error(Status::usage,
                    fmt::format("the engine bitmap has tables for {} prefixes and VLANs, the rules "
                                "make {}",
                                kMostBitmapSets - 1, tables.sets() - 1),
                    "--engine lpm");
    const auto ports = static_cast<uint32_t>(tables.sets() * FILTER_TABLES * FILTER_PORTS);
    object.resize("bits", ports / 64);
    object.resize("entries", ports);
}

void fill_bitmap(const BpfObject& object, const Tables& tables) {
    const int bits = object.map("bits"), entries = object.map("entries");
    std::map<uint32_t, uint64_t> words;
    each_port(tables, [&](const PortRun& run, uint32_t port) {
        const uint32_t at = (run.set * FILTER_TABLES + run.table) * FILTER_PORTS + port;
        words[at / 64] |= uint64_t{1} << at % 64;
        put(entries, "entries", at, run.entry);
    });
    for (const auto& [at, word] : words) put(bits, "bits", at, word);
}

void size_hash(BpfObject& object, const Tables& tables) {
    if (port_count(tables) > kMostEntries)
        throw Error(Status::usage,
                    fmt::format("the engine hash has room for {} ports, the rules have {}",
                                kMostEntries, port_count(tables)),
                    "--engine lpm");
    object.resize("by_port", at_least_one(port_count(tables)));
}

void fill_hash(const BpfObject& object, const Tables& tables) {
    each_port(tables, [map = object.map("by_port")](const PortRun& run, uint32_t port) {
        put(map, "by_port",
            filter_port{static_cast<uint16_t>(run.set), static_cast<uint16_t>(run.table), port},
            run.entry);
    });
}

void size_lpm(BpfObject& object, const Tables& tables) {
    size_t entries = 0;
    for (const PortRun& run : tables.runs) entries += port_prefixes(run.first, run.last).size();
    object.resize("by_range", at_least_one(entries));
}

void fill_lpm(const BpfObject& object, const Tables& tables) {
    const int map = object.map("by_range");
    for (const PortRun& run : tables.runs)
        for (const auto& [port, bits] : port_prefixes(run.first, run.last)) {
            const filter_range key{
                static_cast<uint32_t>(FILTER_RANGE_BITS + bits),
                {static_cast<uint8_t>(run.set >> 8), static_cast<uint8_t>(run.set)},
                static_cast<uint8_t>(run.table),
                0,
                {static_cast<uint8_t>(port >> 8), static_cast<uint8_t>(port)},
                {}};
            put(map, "by_range", key, run.entry);
        }
}

void fill_prefixes(int map, const char* name, const std::vector<Prefix>& prefixes) {
    for (size_t i = 0; i < prefixes.size(); i++) {
        const Prefix& prefix = prefixes[i];
        filter_prefix key{static_cast<uint32_t>(FILTER_FAMILY_BITS + prefix.bits),
                          static_cast<uint8_t>(prefix.family),
                          {},
                          {}};
        std::memcpy(key.address, prefix.address.data(), prefix.address.size());
        put(map, name, key, static_cast<uint32_t>(i + 1));
    }
}

/// What does not depend on the engine: which set a packet belongs to, and what has no ports.
void fill_sets(const BpfObject& object, const Tables& tables) {
    fill_prefixes(object.map("prefixes"), "prefixes", tables.prefixes);
    fill_prefixes(object.map("to_prefixes"), "to_prefixes", tables.to_prefixes);
    for (uint32_t i = 0; i < tables.vlans.size(); i++)
        put(object.map("vlans"), "vlans", uint32_t{tables.vlans[i]} + 1, i + 1);
    for (uint32_t i = 0; i < tables.combined.size(); i++)
        if (tables.combined[i]) put(object.map("combined"), "combined", i, tables.combined[i]);
    for (const OtherEntry& other : tables.others)
        put(object.map("others"), "others", other.key, other.entry);
}

void size_sets(BpfObject& object, const Tables& tables) {
    object.resize("prefixes", at_least_one(tables.prefixes.size()));
    object.resize("to_prefixes", at_least_one(tables.to_prefixes.size()));
    object.resize("vlans", tables.vlans.empty() ? 1 : FILTER_VLANS);
    object.resize("combined", at_least_one(tables.combined.size()));
    object.resize("others",
                  tables.others.empty() ? 1 : static_cast<uint32_t>(tables.sets() * FILTER_OTHERS));
}

void fill_texts(const BpfObject& object, const RuleSet& set, const Slots& slots) {
    for (uint32_t i = 0; i < set.rules.size(); i++) {
        filter_text text{i + 1, {}};
        const std::string rule = to_text(set.rules[i]);
        std::memcpy(text.rule, rule.data(), std::min(rule.size(), sizeof(text.rule) - 1));
        put(object.map("rule_text"), "rule_text", slots.of_rule[i], text);
    }
}

}  // namespace

const Engine kEngines[] = {
    {"bitmap", "filter_bitmap",
     "a bit per port, then an array: the same cost for any number of rules; 2 MiB, and 2 MiB per "
     "source prefix",
     size_bitmap, fill_bitmap},
    {"hash", "filter_hash", "a hash by port: memory for ports that have a rule", size_hash,
     fill_hash},
    {"lpm", "filter_lpm", "a trie of port ranges: the least memory, the longest way", size_lpm,
     fill_lpm},
};
const size_t kEngineCount = std::size(kEngines);

const Engine& engine_named(const std::string& name) {
    std::vector<std::string> names;
    for (const Engine& engine : kEngines) {
        if (name == engine.name) return engine;
        names.emplace_back(engine.name);
    }
    throw Error(Status::usage, fmt::format("no engine '{}'", name), advice_on(name, names));
}

Slots slots_for(const std::vector<PortRule>& rules, const std::vector<PortRule>& old,
                const Slots& old_slots) {
    std::map<std::string, uint32_t> known;
    for (size_t i = 0; i < old.size(); i++) known[key_of(old[i])] = old_slots.of_rule[i];
    Slots slots{{}, old_slots.next, old_slots.capacity, {}};
    if (!slots.capacity)
        slots.capacity = std::clamp<uint32_t>(static_cast<uint32_t>(2 * rules.size()), kLeastSlots,
                                              FILTER_SLOTS);
    // Those that no rule had before: of rules that went, once there are no others.
    std::vector<uint32_t> used = old_slots.of_rule;
    std::sort(used.begin(), used.end());
    uint32_t again = FILTER_FIRST_SLOT;
    const auto another = [&] {
        if (slots.next < slots.capacity) return slots.next++;
        while (std::binary_search(used.begin(), used.end(), again)) again++;
        if (again >= old_slots.next)
            throw Error(Status::usage,
                        fmt::format("the counters have room for {} rules, old and new, and these "
                                    "are more",
                                    slots.capacity - FILTER_FIRST_SLOT),
                        "rxlab xdp unload, then load: counters begin anew");
        slots.reused.push_back(again);
        return again++;
    };
    for (const PortRule& rule : rules) {
        const auto found = known.find(key_of(rule));
        slots.of_rule.push_back(found == known.end() ? another() : found->second);
    }
    return slots;
}

BpfObject build_filter(const Engine& engine, const RuleSet& set, const Slots& slots,
                       const Counting& counting,
                       const std::vector<std::pair<std::string, int>>& counters) {
    const Tables tables = tables_of(set.rules, slots.of_rule);
    BpfObject object = BpfObject::open(engine.program);
    object.configure({{"drop_by_default", set.drop_by_default},
                      {"drop_fragments", set.drop_fragments},
                      {"drop_malformed", set.drop_malformed},
                      {"drop_other", set.drop_other},
                      {"has_source_rules", tables.has_source_rules},
                      {"has_destination_rules", tables.has_destination_rules},
                      {"has_sets", tables.sets() > 1},
                      {"has_prefixes", !tables.prefixes.empty()},
                      {"has_to_prefixes", !tables.to_prefixes.empty()},
                      {"has_vlans", !tables.vlans.empty()},
                      {"has_others", !tables.others.empty()},
                      {"to_classes", tables.to_prefixes.size() + 1},
                      {"vlan_classes", tables.vlans.size() + 1},
                      {"count_bytes", counting.bytes},
                      {"count_protocols", counting.protocols},
                      {"count_ports", counting.ports},
                      {"count_rules", counting.rules}});
    engine.size(object, tables);
    size_sets(object, tables);
    object.resize("rule_text", at_least_one(set.rules.size()));
    object.resize("rules", slots.capacity);
    if (!counting.ports) object.resize("ports", 1);  // the largest of all
    for (const auto& [name, fd] : counters) object.reuse(name, fd);
    object.load();
    engine.fill(object, tables);
    fill_sets(object, tables);
    fill_texts(object, set, slots);
    filter_settings settings{FILTER_MAGIC,
                             FILTER_VERSION,
                             set.drop_by_default,
                             set.drop_fragments,
                             set.drop_malformed,
                             set.drop_other,
                             slots.next,
                             {},
                             {},
                             0,
                             {}};
    std::strncpy(settings.engine, engine.name, sizeof(settings.engine) - 1);
    put(object.map("settings"), "settings", uint32_t{0}, settings);
    return object;
}

}  // namespace rxlab
