// SPDX-License-Identifier: GPL-2.0
#include "xdp/attached.h"

#include "base/error.h"
#include "xdp/each_key.h"

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <algorithm>
#include <cerrno>
#include <cstring>

namespace rxlab {
namespace {

constexpr const char* kPrograms = "filter_";  // what the names of their programs begin with

/// Magic and version stand first in every version.
bool read_settings(int map, filter_settings& settings) {
    bpf_map_info info{};
    uint32_t size = sizeof info;
    const uint32_t key = 0;
    if (::bpf_obj_get_info_by_fd(map, &info, &size) || info.value_size < 2 * sizeof(uint32_t))
        return false;
    std::vector<uint8_t> bytes(std::max<size_t>(info.value_size, sizeof settings));
    if (::bpf_map_lookup_elem(map, &key, bytes.data())) return false;
    std::memcpy(&settings, bytes.data(), sizeof settings);
    if (info.value_size != sizeof settings) settings.version = 0;
    return settings.magic == FILTER_MAGIC;
}

/// One of ours, unless it is somebody else's program.
std::optional<Filter> described(uint32_t id, XdpMode mode, Fd program) {
    if (!name_of_program(program.get()).starts_with(kPrograms)) return {};
    Filter filter;
    filter.id = id;
    filter.mode = mode;
    for (const uint32_t map_id : maps_of_program(program.get())) {
        Fd map = map_of_id(map_id);
        const std::string name = BpfMap(map.get()).name();
        filter.maps.emplace(name, std::move(map));
    }
    filter.program = std::move(program);
    const auto settings = filter.maps.find("settings");
    if (settings == filter.maps.end() || !read_settings(settings->second.get(), filter.settings))
        return {};
    return filter;
}

}  // namespace

void Filter::require_this_version(const std::string& interface) const {
    if (settings.version != FILTER_VERSION)
        throw Error(Status::usage,
                    fmt::format("{}: its filter was loaded by another version of rxlab", interface),
                    fmt::format("rxlab xdp unload {}, then load", interface));
}

std::vector<LoadedRule> Filter::rules() const {
    std::vector<std::pair<uint32_t, LoadedRule>> ranked;
    each_key<uint32_t>(map("rule_text"), [&](uint32_t slot) {
        filter_text text{};
        if (!::bpf_map_lookup_elem(map("rule_text"), &slot, &text))
            ranked.push_back({text.rank, {slot, text.rule}});
    });
    std::sort(ranked.begin(), ranked.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<LoadedRule> rules;
    for (auto& [rank, rule] : ranked) rules.push_back(std::move(rule));
    return rules;
}

RuleSet Filter::rule_set() const {
    RuleSet set{settings.drop_by_default != 0,
                settings.drop_fragments != 0,
                settings.drop_malformed != 0,
                settings.drop_other != 0,
                {}};
    for (const LoadedRule& rule : rules()) set.rules.push_back(rule_from(rule.text));
    return set;
}

uint32_t Filter::counters_id() const {
    return id_of_map(map(kCounterMaps[0]));
}

std::optional<Filter> filter_on(Sys& sys, const NetDevice& device) {
    // Rules that change between two of these calls end the program that was asked for: ask again.
    for (;;) {
        const auto attached = xdp_attached(sys, device);
        if (!attached) return {};
        if (auto program = find_program(attached->id))
            return described(attached->id, attached->mode, std::move(*program));
    }
}

void keep_description(const BpfObject& object, filter_settings settings) {
    const uint32_t key = 0;
    if (::bpf_map_update_elem(object.map("settings"), &key, &settings, BPF_ANY))
        throw Error(Status::invalid,
                    fmt::format("filling BPF map 'settings': {}", std::strerror(errno)));
    for (const char* map : {"settings", "rule_text"}) bind_map(object.program(), object.map(map));
}

std::vector<uint32_t> maps_of_filters() {
    std::vector<uint32_t> ids;
    for (const uint32_t id : program_ids())
        if (const auto program = find_program(id);
            program && name_of_program(program->get()).starts_with(kPrograms))
            for (const uint32_t map : maps_of_program(program->get())) ids.push_back(map);
    return ids;
}

}  // namespace rxlab
