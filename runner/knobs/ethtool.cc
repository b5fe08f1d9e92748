// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "base/names.h"
#include "base/nearest.h"
#include "knobs/ethtool_netlink.h"
#include "knobs/kinds.h"
#include "knobs/persistent.h"
#include "knobs/place.h"
#include "sys/netlink_message.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <linux/ethtool_netlink.h>
#include <linux/netlink.h>

namespace rxlab {
namespace {

constexpr const char* kForm = "INTERFACE/coalesce|ring|channel|feature/SETTING";

struct Setting {
    std::string netns, interface, group, name;
};

[[noreturn]] void refuse(const std::string& object, const std::string& why,
                         const std::string& next = {}) {
    throw Error(Status::usage, fmt::format("knob ethtool:{}: {}", object, why), next);
}

/// What ethtool(8) calls some features, and their names in the kernel.
const struct {
    const char *ethtool, *kernel;
} kFeatureNames[] = {
    {"generic-receive-offload", "rx-gro"},
    {"gro", "rx-gro"},
    {"large-receive-offload", "rx-lro"},
    {"lro", "rx-lro"},
    {"generic-segmentation-offload", "tx-generic-segmentation"},
    {"gso", "tx-generic-segmentation"},
    {"rx-checksumming", "rx-checksum"},
    {"rx-vlan-offload", "rx-vlan-hw-parse"},
    {"tx-vlan-offload", "tx-vlan-hw-insert"},
    {"ntuple-filters", "rx-ntuple-filter"},
    {"receive-hashing", "rx-hashing"},
};

/// Words of ethtool(8) for several features at once: put back as one they would not be as before.
const struct {
    const char *ethtool, *members;
} kFeatureGroups[] = {
    {"tx-checksumming", "tx-checksum-ip-generic, tx-checksum-ipv4, tx-checksum-ipv6"},
    {"scatter-gather", "tx-scatter-gather, tx-scatter-gather-fraglist"},
    {"tcp-segmentation-offload", "tx-tcp-segmentation, tx-tcp6-segmentation"},
};

std::string kernel_name(const std::string& feature) {
    for (const auto& row : kFeatureNames)
        if (feature == row.ethtool) return row.kernel;
    return feature;
}

const EthtoolGroup* group_named(const std::string& name) {
    for (size_t i = 0; i < kEthtoolGroupCount; i++)
        if (name == kEthtoolGroups[i].name) return &kEthtoolGroups[i];
    return nullptr;
}

const EthtoolSetting* setting_named(const EthtoolGroup& group, const std::string& name) {
    for (size_t i = 0; i < group.count; i++)
        if (name == group.settings[i].name) return &group.settings[i];
    return nullptr;
}

Setting parse(const std::string& object) {
    const Placed place = placed(object);
    const size_t first = place.object.find('/'), last = place.object.rfind('/');
    if (first == last) refuse(object, fmt::format("expected {}", kForm));
    Setting setting{place.netns, place.object.substr(0, first),
                    place.object.substr(first + 1, last - first - 1),
                    place.object.substr(last + 1)};
    if (setting.group == kEthtoolFeatures) setting.name = kernel_name(setting.name);
    return setting;
}

void require_setting(const std::string& object, const EthtoolGroup& group,
                     const std::string& name) {
    if (setting_named(group, name)) return;
    std::vector<std::string> known;
    for (size_t i = 0; i < group.count; i++) known.emplace_back(group.settings[i].name);
    refuse(object, fmt::format("no {} setting '{}'", group.name, name), did_you_mean(name, known));
}

void require_one_feature(const std::string& object, const std::string& name) {
    for (const auto& row : kFeatureGroups)
        if (name == row.ethtool)
            refuse(object, fmt::format("'{}' is several features", name),
                   fmt::format("name one: {}", row.members));
}

/// Runs in the setting's namespace; what the kernel says is told with the knob's name.
template <typename Ask>
void in_place(Sys& sys, const std::string& object, const Setting& setting, Ask ask) {
    try {
        sys.in_netns(setting.netns, [&] { ask(generic_family(sys, ETHTOOL_GENL_NAME)); });
    } catch (const Error& error) {
        refuse(object, error.what(), error.next());
    }
}

EthtoolStates states_of(Sys& sys, const std::string& object, const Setting& setting) {
    EthtoolStates states;
    in_place(sys, object, setting, [&](uint16_t family) {
        const EthtoolGroup* group = group_named(setting.group);
        const auto ask = [&](const std::string& request) {
            return sys.netlink(NETLINK_GENERIC, request);
        };
        states =
            group ? parse_ethtool(ask(ethtool_request(family, *group, setting.interface)), *group)
                  : parse_features(ask(features_request(family, setting.interface)));
    });
    return states;
}

EthtoolState state_in(const EthtoolStates& states, const std::string& object,
                      const Setting& setting) {
    if (const auto found = states.find(setting.name); found != states.end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [name, state] : states) names.push_back(name);
    const bool features = setting.group == kEthtoolFeatures;
    refuse(object,
           fmt::format("{} has no {} setting '{}'", setting.interface, setting.group, setting.name),
           features || names.empty() ? did_you_mean(setting.name, names)
                                     : fmt::format("it has {}", fmt::join(names, ", ")));
}

void require_number(const std::string& object, const std::string& value) {
    constexpr size_t most_digits = 9;  // fits 32 bits
    if (value.empty() || value.size() > most_digits ||
        value.find_first_not_of("0123456789") != std::string::npos)
        refuse(object, fmt::format("'{}' is no number", value));
}

void require_on_or_off(const std::string& object, const std::string& value) {
    if (value != "on" && value != "off")
        refuse(object, fmt::format("'{}' is neither on nor off", value));
}

bool is_flag(const Setting& setting) {
    const EthtoolGroup* group = group_named(setting.group);
    return !group || setting_named(*group, setting.name)->is_flag;
}

void require_value(const std::string& object, const Setting& setting, const std::string& value) {
    is_flag(setting) ? require_on_or_off(object, value) : require_number(object, value);
}

}  // namespace

void validate_ethtool(const std::string& object) {
    validate_characters("ethtool", object, "/._-@");
    const Setting setting = parse(object);
    if (setting.interface.starts_with("-") || !is_interface_name(setting.interface))
        refuse(object, "no interface's name");
    if (const EthtoolGroup* group = group_named(setting.group))
        require_setting(object, *group, setting.name);
    else if (setting.group == kEthtoolFeatures)
        require_one_feature(object, setting.name);
    else
        refuse(object, fmt::format("expected {}", kForm));
}

std::string read_ethtool(Sys& sys, const std::string& object) {
    const Setting setting = parse(object);
    return state_in(states_of(sys, object, setting), object, setting).value;
}

void check_ethtool(Sys& sys, const std::string& object, const std::string& value) {
    const Setting setting = parse(object);
    require_value(object, setting, value);
    EthtoolStates states;
    try {
        states = states_of(sys, object, setting);
    } catch (const Error&) {
        if (exists_in(sys, setting.netns, "/sys/class/net/" + setting.interface)) throw;
        return;
    }
    const EthtoolState state = state_in(states, object, setting);
    if (state.fixed && value != state.value)
        refuse(object, fmt::format("{} keeps it {}", setting.interface, state.value));
    if (state.most && std::stoul(value) > *state.most)
        refuse(object, fmt::format("{} is above the driver's maximum, {}", value, *state.most));
}

void write_ethtool(Sys& sys, const std::string& object, const std::string& value) {
    const Setting setting = parse(object);
    require_value(object, setting, value);
    in_place(sys, object, setting, [&](uint16_t family) {
        const EthtoolGroup* group = group_named(setting.group);
        sys.netlink_change(
            NETLINK_GENERIC,
            group ? ethtool_change(family, *group, *setting_named(*group, setting.name),
                                   setting.interface, value)
                  : feature_change(family, setting.name, setting.interface, value == "on"),
            fmt::format("ethtool:{} {}", placed(object).object, value));
    });
}

Persistent persistent_ethtool(const std::string& object, const std::string& value) {
    const Setting setting = parse(object);
    const EthtoolGroup* group = group_named(setting.group);
    const std::string command = fmt::format("ethtool {} {} {} {}", group ? group->option : "-K",
                                            setting.interface, setting.name, value);
    return {.form = Persistent::Form::command,
            .interface = setting.interface,
            .line = command,
            .command = command};
}

}  // namespace rxlab
