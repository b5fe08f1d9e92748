// SPDX-License-Identifier: GPL-2.0
#include "xdp/loaded.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "base/names.h"
#include "bpf/verdicts.h"
#include "xdp/pins.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace rxlab {
namespace {

void require_root() {
    if (::geteuid() != 0)
        throw Error(Status::usage, "XDP programs and their maps need root", "sudo");
}

/// One change at a time on this machine. The file is root's alone, so nobody else can hold it, and
/// stays, so that all who wait wait for the same one. Without it (no /run, another container)
/// changes are still whole: each takes the place of the program it was made from, or is made anew.
class Lock {
public:
    explicit Lock(const std::string& path)
        : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
        struct stat info {};
        if (fd_ < 0) return;
        if (::fstat(fd_, &info) || info.st_uid != 0 || !S_ISREG(info.st_mode)) {
            ::close(fd_);
            throw Error(Status::usage, fmt::format("{} is not root's own file", path),
                        "who made it? It is safe to remove");
        }
        ::fchmod(fd_, 0600);
        while (::flock(fd_, LOCK_EX) && errno == EINTR)
            if (interrupted()) {
                ::close(fd_);
                throw Error(Status::interrupted,
                            "interrupted while another rxlab xdp had its turn");
            }
    }
    ~Lock() {
        if (fd_ >= 0) ::close(fd_);
    }
    Lock(const Lock&) = delete;

private:
    int fd_;
};

/// Whose program it is, and how it is taken away.
Error occupied(const NetDevice& device, const XdpAttached& attached) {
    const auto program = find_program(attached.id);
    const std::string name = program ? name_of_program(program->get()) : "one that just ended";
    const bool dispatcher = name == "xdp_dispatcher";
    return Error(
        Status::usage,
        fmt::format("{} has an XDP program already: {} (id {}){}", device.name, name, attached.id,
                    dispatcher ? ", libxdp's dispatcher; rxlab's filter is no part of "
                                 "one, since it counts in maps that outlive its program"
                               : ""),
        dispatcher ? fmt::format("xdp-loader unload {} --all, or --replace", device.name)
                   : "--replace takes it away");
}

/// The device whose filter was loaded under this name, wherever it is now.
std::optional<NetDevice> holder_of(Sys& sys, uint64_t id, const std::string& interface) {
    for (const auto& [device, filter] : filters(sys))
        if (filter.settings.version == FILTER_VERSION && filter.settings.namespace_id == id &&
            interface == filter.settings.name)
            return device;
    return {};
}

/// An empty name where its namespace is gone too.
std::string known_name(const FilterPlace& place) {
    try {
        return name_among_pins(namespace_id(place.netns), place.interface);
    } catch (const Error&) {
        return {};
    }
}

BpfObject built(const Engine& engine, const RuleSet& set, const Slots& slots,
                const std::vector<std::pair<std::string, int>>& counters = {}) {
    return build_filter(engine, set, slots, {}, counters);
}

/// The filter takes the place of `other`, which runs in another mode and has to go first: the
/// kernel has no step for that. Where the filter is refused, `other` comes back.
bool change_mode(Sys& sys, const NetDevice& device, const XdpAttached& other, int program,
                 XdpMode mode) {
    const auto before = find_program(other.id);
    if (!before || !swap_xdp(sys, device, before->get(), -1, other.mode)) return false;
    try {
        return swap_xdp(sys, device, -1, program, mode);
    } catch (...) {
        swap_xdp(sys, device, -1, before->get(), other.mode);
        throw;
    }
}

bool take_place(Sys& sys, const NetDevice& device, const std::optional<XdpAttached>& other,
                int program, XdpMode mode) {
    if (!other) return swap_xdp(sys, device, -1, program, mode);
    if (other->mode != mode) return change_mode(sys, device, *other, program, mode);
    const auto before = find_program(other->id);
    return before && swap_xdp(sys, device, before->get(), program, mode);
}

void refuse_what_is_there(Sys& sys, const NetDevice& device,
                          const std::optional<XdpAttached>& other, bool replace) {
    if (!other) return;
    if (filter_on(sys, device))
        throw Error(Status::usage, fmt::format("{} has rxlab's port filter already", device.name),
                    "rxlab xdp rules changes it, rxlab xdp unload takes it away");
    if (!replace) throw occupied(device, *other);
}

/// Counters that go on, and the slots of the rules that stay.
struct Kept {
    explicit Kept(const Filter& filter)
        : slots{{}, filter.settings.next_slot, BpfMap(filter.map("rules")).entries()} {
        for (const LoadedRule& rule : filter.rules())
            rules.push_back(rule_from(rule.text)), slots.of_rule.push_back(rule.slot);
        for (const char* name : kCounterMaps) counters.emplace_back(name, filter.map(name));
    }
    std::vector<PortRule> rules;
    Slots slots;
    std::vector<std::pair<std::string, int>> counters;
};

filter_settings settings_of(const BpfObject& object) {
    return BpfMap(object.map("settings")).values<filter_settings>(0).at(0);
}

filter_settings settings_on(const BpfObject& object, const NetDevice& device,
                            const std::string& pins) {
    filter_settings settings = settings_of(object);
    std::strncpy(settings.pins, pins.c_str(), sizeof(settings.pins) - 1);
    settings.namespace_id = device.namespace_id;
    std::strncpy(settings.name, device.name.c_str(), sizeof(settings.name) - 1);
    return settings;
}

/// The new rules', and where the filter was loaded.
filter_settings settings_after(const BpfObject& object, const filter_settings& before) {
    filter_settings settings = before;
    const filter_settings now = settings_of(object);
    std::memcpy(&settings, &now, offsetof(filter_settings, pins));
    return settings;
}

/// No rule that is loaded counts there.
void begin_anew(int counters, const std::vector<uint32_t>& slots) {
    const std::vector<verdict> zeros(static_cast<size_t>(std::max(libbpf_num_possible_cpus(), 1)));
    for (const uint32_t slot : slots)
        if (::bpf_map_update_elem(counters, &slot, zeros.data(), BPF_ANY))
            throw Error(Status::invalid,
                        fmt::format("counter {} of the rules: {}", slot, std::strerror(errno)));
}

}  // namespace

std::string address_of(const std::string& interface, const std::string& netns) {
    return interface + (netns.empty() ? "" : " --netns " + netns);
}

std::vector<std::pair<NetDevice, Filter>> filters(Sys& sys) {
    require_root();
    std::vector<std::pair<NetDevice, Filter>> all;
    for (const NetDevice& device : devices_everywhere(sys)) {
        try {
            if (auto filter = filter_on(sys, device)) all.emplace_back(device, std::move(*filter));
        } catch (const Error&) {
            if (is_there(sys, device)) throw;
        }
    }
    return all;
}

NetDevice filter_device(Sys& sys, const FilterPlace& place) {
    require_root();
    require_interface_name(place.interface);
    const uint64_t id = namespace_id(place.netns);
    try {
        return device_of(sys, place.netns, place.interface);
    } catch (const Error& error) {
        const auto holder = holder_of(sys, id, place.interface);
        if (!holder) throw;
        throw Error(Status::usage,
                    fmt::format("{}; the filter that was loaded under this name is on {}",
                                error.what(), address_of(holder->name, holder->netns)),
                    "rxlab xdp stats " + address_of(holder->name, holder->netns));
    }
}

Filter required_filter(Sys& sys, const NetDevice& device) {
    auto filter = filter_on(sys, device);
    if (filter) {
        filter->require_this_version(device.name);
        return std::move(*filter);
    }
    const auto other = xdp_attached(sys, device);
    if (other)
        throw Error(Status::usage,
                    fmt::format("{}: no port filter of rxlab's is loaded; {}", device.name,
                                occupied(device, *other).what()),
                    fmt::format("rxlab xdp load {} --rules FILE --replace takes it away",
                                address_of(device.name, device.netns)));
    throw Error(
        Status::usage, fmt::format("{}: no port filter of rxlab's is loaded", device.name),
        fmt::format("rxlab xdp load {} --rules FILE", address_of(device.name, device.netns)));
}

Step load_filter(Sys& sys, const FilterPlace& place, const Engine& engine, const RuleSet& set,
                 XdpMode mode, bool replace) {
    require_root();
    const Lock lock(place.lock);
    const NetDevice device = device_of(sys, place.netns, place.interface);
    refuse_what_is_there(sys, device, xdp_attached(sys, device), replace);
    const BpfObject object = built(engine, set, slots_for(set.rules, {}, {}));
    const uint32_t counters = id_of_map(object.map(kCounterMaps[0]));
    const Pins pins(place.root);
    pins.sweep();
    const std::string folder = pins.add(device, object);
    try {
        keep_description(object, settings_on(object, device, folder));
        for (;;) {
            const auto other = xdp_attached(sys, device);
            refuse_what_is_there(sys, device, other, replace);
            if (take_place(sys, device, other, object.program(), mode))
                return {other ? other->id : 0, id_of_program(object.program())};
        }
    } catch (...) {
        pins.remove(folder, counters);
        throw;
    }
}

Step change_rules(Sys& sys, const FilterPlace& place,
                  const std::function<RuleSet(const RuleSet&)>& edit) {
    require_root();
    const Lock lock(place.lock);
    const NetDevice device = filter_device(sys, place);
    for (;;) {
        const Filter now = required_filter(sys, device);
        const RuleSet set = edit(now.rule_set());
        const Kept kept(now);
        const Slots slots = slots_for(set.rules, kept.rules, kept.slots);
        const BpfObject object =
            built(engine_named(now.settings.engine), set, slots, kept.counters);
        keep_description(object, settings_after(object, now.settings));
        begin_anew(now.map("rules"), slots.reused);
        if (swap_xdp(sys, device, now.program.get(), object.program(), now.mode))
            return {now.id, id_of_program(object.program())};
    }
}

Step unload_filter(Sys& sys, const FilterPlace& place) {
    require_root();
    require_interface_name(place.interface);
    const Lock lock(place.lock);
    const Pins pins(place.root);
    const std::string name = known_name(place);
    const std::vector<std::string> swept = pins.sweep();
    try {
        const NetDevice device = filter_device(sys, place);
        for (;;) {
            auto filter = filter_on(sys, device);
            if (!filter) required_filter(sys, device);  // says what is there
            const uint32_t counters = filter->counters_id();
            if (!swap_xdp(sys, device, filter->program.get(), -1, filter->mode)) continue;
            pins.remove(filter->settings.pins, counters);
            return {filter->id, 0};
        }
    } catch (const Error&) {
        if (name.empty() || std::find(swept.begin(), swept.end(), name) == swept.end()) throw;
        return {};
    }
}

RuleSet loaded_rules(Sys& sys, const FilterPlace& place) {
    return required_filter(sys, filter_device(sys, place)).rule_set();
}

}  // namespace rxlab
