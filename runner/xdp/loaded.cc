// SPDX-License-Identifier: GPL-2.0
#include "xdp/loaded.h"

#include "base/error.h"
#include "bpf/verdicts.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if_ether.h>
#include <netdb.h>
#include <sys/file.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace rxlab {
namespace {

namespace fs = std::filesystem;

const char* const kLink = "link";
const char* const kProgram = "program";
const char* const kNew = "new_";  // before a pin's name, until it takes the old one's place
const char* const kKinds[FILTER_KINDS] = {"not_ip",         "other_protocol", "with_ports",
                                          "first_fragment", "later_fragment", "truncated",
                                          "malformed",      "too_deep"};
const char* const kDecided[] = {"default", "later_fragments", "malformed", "other"};

std::string pin(const FilterPlace& place, const std::string& name) {
    return place.folder() + "/" + name;
}

void require_root() {
    if (::geteuid() != 0)
        throw Error(Status::usage, "XDP programs and their maps need root", "sudo");
}

BpfFd required(const FilterPlace& place, const std::string& name) {
    require_root();
    auto fd = pinned_bpf(pin(place, name));
    if (!fd)
        throw Error(Status::usage,
                    fmt::format("{}: no port filter of rxlab's is loaded", place.interface),
                    fmt::format("rxlab xdp load {} --rules FILE", place.interface));
    return std::move(*fd);
}

/// One command at a time on one interface.
class Lock {
public:
    explicit Lock(const std::string& folder)
        : fd_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        if (fd_ >= 0) ::flock(fd_, LOCK_EX);
    }
    ~Lock() {
        if (fd_ >= 0) ::close(fd_);
    }
    Lock(const Lock&) = delete;

private:
    int fd_;
};

void remove_pins(const FilterPlace& place) {
    std::error_code ignored;
    if (const auto link = pinned_bpf(pin(place, kLink)))
        detach_link(link->get());  // first: the packets
    fs::remove_all(place.folder(), ignored);
    fs::remove(place.root, ignored);  // where it was the last one
}

void pin_all(const FilterPlace& place, const BpfObject& object, const std::string& before) {
    for (const std::string& map : object.maps()) pin_bpf(object.map(map), pin(place, before + map));
    pin_bpf(object.program(), pin(place, before + kProgram));
}

filter_settings settings_of(const FilterPlace& place) {
    const BpfFd map = required(place, "settings");
    return BpfMap(map.get()).values<filter_settings>(0).at(0);
}

template <class Key, class Visit>
void each_key(int map, Visit visit) {
    Key key{}, next{};
    for (bool first = true; !::bpf_map_get_next_key(map, first ? nullptr : &key, &next);
         first = false)
        visit(key = next);
}

struct LoadedRule {
    uint32_t slot;
    filter_text text;
};

std::vector<LoadedRule> loaded_texts(const FilterPlace& place) {
    const BpfFd map = required(place, "rule_text");
    std::vector<LoadedRule> rules;
    each_key<uint32_t>(map.get(), [&](uint32_t slot) {
        LoadedRule rule{slot, {}};
        if (!::bpf_map_lookup_elem(map.get(), &slot, &rule.text)) rules.push_back(rule);
    });
    std::sort(rules.begin(), rules.end(),
              [](const LoadedRule& a, const LoadedRule& b) { return a.text.rank < b.text.rank; });
    return rules;
}

/// Several values at once where the map is large: one system call for 4,096 of them.
class Counters {
public:
    Counters(const FilterPlace& place, const char* name) : fd_(required(place, name)) {
        const int cpus = libbpf_num_possible_cpus();
        values_.resize(static_cast<size_t>(std::max(cpus, 1)));
    }
    template <class Key>
    Count at(const Key& key) {
        Count sum;
        if (::bpf_map_lookup_elem(fd_.get(), &key, values_.data())) return sum;
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
            const int error = ::bpf_map_lookup_batch(fd_.get(), done ? &in : nullptr, &out,
                                                     keys.data(), values.data(), &count, nullptr);
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
    int fd() const { return fd_.get(); }

private:
    BpfFd fd_;
    std::vector<verdict> values_;
};

std::string protocol_name(uint32_t number) {
    static const std::map<uint32_t, const char*> known = {
        {1, "icmp"}, {2, "igmp"}, {6, "tcp"},     {17, "udp"},  {47, "gre"},
        {50, "esp"}, {51, "ah"},  {58, "icmpv6"}, {59, "none"}, {132, "sctp"}};
    const auto found = known.find(number);
    return found == known.end() ? std::to_string(number) : found->second;
}

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

/// Whose program it is, and how it is taken away.
Error occupied(const FilterPlace& place, const XdpAttached& attached) {
    const std::string name = name_of_program(attached.id);
    const bool dispatcher = name == "xdp_dispatcher";
    return Error(Status::usage,
                 fmt::format("{} has an XDP program already: {} (id {}){}", place.interface, name,
                             attached.id,
                             dispatcher ? ", libxdp's dispatcher; rxlab's filter is no part of "
                                          "one, since it counts in maps that outlive its program"
                                        : ""),
                 dispatcher
                     ? fmt::format("xdp-loader unload {} --all, or --replace", place.interface)
                     : "--replace takes it away");
}

}  // namespace

std::string FilterPlace::folder() const {
    std::string name;
    for (const char c : netns.empty() ? interface : netns + ":" + interface)
        name += c == '.' ? std::string("%2e") : std::string(1, c);
    return root + "/" + name;
}

Json to_json(const FilterStats& stats) {
    Json rules = Json::array();
    for (const FilterRule& rule : stats.rules)
        rules.push_back({{"rule", rule.rule},
                         {"slot", rule.slot},
                         {"packets", rule.count.packets},
                         {"bytes", rule.count.bytes}});
    return {{"engine", stats.engine},
            {"mode", stats.mode},
            {"attached", stats.attached},
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

void load_filter(Sys& sys, const FilterPlace& place, const Engine& engine, const RuleSet& set,
                 XdpMode mode, bool replace) {
    require_root();
    require_bpffs(fs::path(place.root).parent_path());
    const auto other =
        xdp_attached(sys, place.netns, place.interface);  // a missing interface is reported here
    if (fs::exists(pin(place, kLink)))
        throw Error(Status::usage,
                    fmt::format("{} has rxlab's port filter already", place.interface),
                    "rxlab xdp rules changes it, rxlab xdp unload takes it away");
    if (other && !replace) throw occupied(place, *other);
    const BpfObject object = build_filter(engine, set, slots_for(set.rules, {}, {}));
    remove_pins(place);  // of a load that was killed
    fs::create_directories(place.folder());
    const Lock lock(place.folder());
    try {
        pin_all(place, object, "");
        if (other) detach_xdp(sys, place.netns, place.interface, *other);
        const BpfFd link = link_xdp(sys, place.netns, place.interface, object.program(), mode);
        pin_bpf(link.get(), pin(place, kLink));
    } catch (...) {
        remove_pins(place);
        throw;
    }
}

RuleSet loaded_rules(const FilterPlace& place) {
    const filter_settings settings = settings_of(place);
    RuleSet set{settings.drop_by_default != 0,
                settings.drop_fragments != 0,
                settings.drop_malformed != 0,
                settings.drop_other != 0,
                {}};
    for (const LoadedRule& rule : loaded_texts(place))
        set.rules.push_back(rule_from(rule.text.rule));
    return set;
}

FilterStats filter_stats(Sys& sys, const FilterPlace& place) {
    FilterStats stats;
    const filter_settings settings = settings_of(place);
    stats.engine = settings.engine;
    stats.when_ns = sys.now_ns();
    if (const auto link = pinned_bpf(pin(place, kLink)))
        stats.attached = interface_of_link(link->get()) != 0;
    if (stats.attached)
        if (const auto attached = xdp_attached(sys, place.netns, place.interface))
            stats.mode = attached->mode == XdpMode::native ? "native" : "generic";
    Counters verdicts(place, "xdp_verdicts"), parsed(place, "parsed"), rules(place, "rules"),
        protocols(place, "ip_protocols"), types(place, "ethertypes"), ports(place, "ports");
    stats.verdicts = {{"drop", verdicts.at(uint32_t{XDP_DROP})},
                      {"pass", verdicts.at(uint32_t{XDP_PASS})}};
    for (uint32_t kind = 0; kind < FILTER_KINDS; kind++)
        stats.parsed[kKinds[kind]] = parsed.at(kind);
    for (uint32_t slot = 0; slot < std::size(kDecided); slot++)
        stats.decided[kDecided[slot]] = rules.at(slot);
    for (const LoadedRule& rule : loaded_texts(place))
        stats.rules.push_back({rule.text.rule, rule.slot, rules.at(rule.slot)});
    protocols.each(256, [&](uint32_t number, const Count& count) {
        stats.protocols[protocol_name(number)] = count;
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

void change_rules(const FilterPlace& place, const RuleSet& set) {
    const BpfFd link = required(place, kLink);
    const Lock lock(place.folder());
    const filter_settings settings = settings_of(place);
    std::vector<PortRule> old;
    Slots old_slots{{}, settings.next_slot, BpfMap(required(place, "rules").get()).entries()};
    for (const LoadedRule& rule : loaded_texts(place))
        old.push_back(rule_from(rule.text.rule)), old_slots.of_rule.push_back(rule.slot);
    std::vector<BpfFd> kept;
    std::vector<std::pair<std::string, int>> counters;
    for (const char* name : kCounterMaps)
        counters.emplace_back(name, kept.emplace_back(required(place, name)).get());
    const BpfObject object = build_filter(engine_named(settings.engine), set,
                                          slots_for(set.rules, old, old_slots), {}, counters);
    for (const auto& entry : fs::directory_iterator(place.folder()))  // of a change that was killed
        if (entry.path().filename().string().starts_with(kNew)) fs::remove(entry.path());
    pin_all(place, object, kNew);
    update_link(link.get(), object.program());
    for (const std::string& map : object.maps())
        fs::rename(pin(place, kNew + map), pin(place, map));
    fs::rename(pin(place, std::string(kNew) + kProgram), pin(place, kProgram));
}

void unload_filter(const FilterPlace& place) {
    require_root();
    if (!fs::exists(place.folder())) required(place, kLink);
    remove_pins(place);
}

}  // namespace rxlab
