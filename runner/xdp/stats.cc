// SPDX-License-Identifier: GPL-2.0
#include "xdp/stats.h"

#include "bpf/verdicts.h"
#include "xdp/attached.h"
#include "xdp/each_key.h"
#include "xdp/pins.h"
#include "xdp/services.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <algorithm>

namespace rxlab {
namespace {

const char* const kKinds[FILTER_KINDS] = {"not_ip",         "other_protocol", "with_ports",
                                          "first_fragment", "later_fragment", "truncated",
                                          "malformed",      "too_deep"};
const char* const kDecided[] = {"default", "later_fragments", "malformed", "other"};

/// Several values at once where the map is large: one system call for 4,096 of them.
class Counters {
public:
    Counters(const Filter& filter, const char* name) : fd_(filter.map(name)) {
        const int cpus = libbpf_num_possible_cpus();
        values_.resize(static_cast<size_t>(std::max(cpus, 1)));
    }
    template <class Key>
    Count at(const Key& key) {
        Count sum;
        if (::bpf_map_lookup_elem(fd_, &key, values_.data())) return sum;
        for (const verdict& value : values_) sum += {value.packets, value.bytes};
        return sum;
    }
    /// Visits the counters of an array that are not 0.
    template <class Visit>
    void each(uint32_t entries, Visit visit) {
        constexpr uint32_t kBatch = 4096;
        const size_t cpus = values_.size();
        std::vector<uint32_t> keys(kBatch);
        std::vector<verdict> values(kBatch * cpus);
        uint32_t in = 0, out = 0;
        for (uint32_t done = 0; done < entries;) {
            uint32_t count = kBatch;
            const int error = ::bpf_map_lookup_batch(fd_, done ? &in : nullptr, &out, keys.data(),
                                                     values.data(), &count, nullptr);
            for (uint32_t i = 0; i < count; i++) {
                Count sum;
                for (size_t cpu = 0; cpu < cpus; cpu++)
                    sum += {values[i * cpus + cpu].packets, values[i * cpus + cpu].bytes};
                if (sum.packets) visit(keys[i], sum);
            }
            if (error || !count) break;  // -ENOENT: that was the end
            done += count;
            in = out;
        }
    }
    int fd() const { return fd_; }

private:
    int fd_;
    std::vector<verdict> values_;
};

std::string ethertype_name(uint16_t type) {
    static const std::map<uint16_t, const char*> known = {
        {ETH_P_IP, "ipv4"},    {ETH_P_IPV6, "ipv6"},   {ETH_P_ARP, "arp"},
        {ETH_P_8021Q, "vlan"}, {ETH_P_8021AD, "qinq"}, {ETH_P_LLDP, "lldp"}};
    const auto found = known.find(type);
    return found == known.end() ? fmt::format("0x{:04x}", type) : found->second;
}

Json json_of(const std::map<std::string, Count>& counts) {
    Json json = Json::object();
    for (const auto& [name, count] : counts)
        json[name] = {{"packets", count.packets}, {"bytes", count.bytes}};
    return json;
}

}  // namespace

Json to_json(const FilterStats& stats) {
    Json rules = Json::array();
    for (const FilterRule& rule : stats.rules)
        rules.push_back({{"rule", rule.rule},
                         {"slot", rule.slot},
                         {"packets", rule.count.packets},
                         {"bytes", rule.count.bytes}});
    return {{"engine", stats.engine},
            {"mode", stats.mode},
            {"attached", true},
            {"program_id", stats.program_id},
            {"pins", stats.pins.empty() ? Json() : Json(stats.pins)},
            {"map_ids", stats.map_ids},
            {"when_ns", stats.when_ns},
            {"verdicts", json_of(stats.verdicts)},
            {"rules", rules},
            {"without_a_rule", json_of(stats.decided)},
            {"frames", json_of(stats.parsed)},
            {"ethertypes", json_of(stats.ethertypes)},
            {"protocols", json_of(stats.protocols)},
            {"ports",
             {{"passed", json_of(stats.passed_ports)}, {"dropped", json_of(stats.dropped_ports)}}}};
}

FilterStats filter_stats(Sys& sys, const FilterPlace& place) {
    const NetDevice device = filter_device(sys, place);
    const Filter filter = required_filter(sys, device);
    FilterStats stats;
    stats.engine = filter.settings.engine;
    stats.mode = to_string(filter.mode);
    stats.program_id = filter.id;
    stats.drop_by_default = filter.settings.drop_by_default;
    stats.pins = Pins(place.root).path_of(device, filter.settings.pins, filter.counters_id());
    for (const auto& [name, map] : filter.maps) stats.map_ids[name] = id_of_map(map.get());
    stats.when_ns = sys.now_ns();
    Counters verdicts(filter, "xdp_verdicts"), parsed(filter, "parsed"), rules(filter, "rules"),
        protocols(filter, "ip_protocols"), types(filter, "ethertypes"), ports(filter, "ports");
    stats.verdicts = {{"drop", verdicts.at(uint32_t{XDP_DROP})},
                      {"pass", verdicts.at(uint32_t{XDP_PASS})}};
    for (uint32_t kind = 0; kind < FILTER_KINDS; kind++)
        stats.parsed[kKinds[kind]] = parsed.at(kind);
    for (uint32_t slot = 0; slot < std::size(kDecided); slot++)
        stats.decided[kDecided[slot]] = rules.at(slot);
    for (const LoadedRule& rule : filter.rules())
        stats.rules.push_back({rule.text, rule.slot, rules.at(rule.slot)});
    protocols.each(256, [&](uint32_t number, const Count& count) {
        stats.protocols[number == IPPROTO_NONE ? "none"
                                               : protocol_name(static_cast<uint8_t>(number))] =
            count;
    });
    each_key<uint16_t>(types.fd(), [&](uint16_t type) {
        stats.ethertypes[ethertype_name(type)] = types.at(type);
    });
    ports.each(FILTER_PORT_KEYS, [&](uint32_t key, const Count& count) {
        auto& side = key & FILTER_PORT_DROPPED ? stats.dropped_ports : stats.passed_ports;
        side[fmt::format("{} {}", key & FILTER_PORT_UDP ? "udp" : "tcp",
                         key & (FILTER_PORTS - 1))] = count;
    });
    return stats;
}

}  // namespace rxlab
