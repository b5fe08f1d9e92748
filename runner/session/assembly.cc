// SPDX-License-Identifier: GPL-2.0
#include "session/assembly.h"

#include "base/row_named.h"
#include "collect/collector.h"
#include "knobs/knobs.h"
#include "session/session.h"

#include <algorithm>
#include <sstream>

namespace rxlab {
namespace {

[[noreturn]] void does_not_fit(const std::string& what, const std::string& next) {
    throw Error(Status::usage, what, next);
}

void require_interfaces(const std::string& what, bool there) {
    if (!there)
        does_not_fit(fmt::format("{} needs interfaces, and topology none has none", what),
                     R"("topology": {"kind": "veth"} or rxnic)");
}

void apply_setups(Sys& sys, Journal& journal, const Json& setup, Moment moment,
                  Assembly& assembly) {
    for (const auto& [name, value] : setup.items()) row_named(kSetups, kSetupCount, name, "setup");
    for (size_t i = 0; i < kSetupCount; i++) {
        const auto found = setup.find(kSetups[i].name);
        if (found == setup.end() || kSetups[i].moment != moment) continue;
        for (const Json& parameters : repetitions(*found))
            assembly.applied.push_back(
                kSetups[i].apply(sys, journal, assembly.topology, parameters));
    }
}

/// A value that the system would refuse is refused before anything is touched, as far as that can
/// be known: what the trial is yet to make is checked once it is there.
void check_knobs(Sys& sys, const Trial& trial, const Topology& topology) {
    for (const auto& [name, value] : knobs_of(trial, topology))
        check_knob(sys, find_knob(name), value);
}

std::vector<Sink> all_sinks(const Assembly& assembly) {
    std::vector<Sink> sinks = assembly.topology.sinks;
    sinks.insert(sinks.end(), assembly.traffic->sinks.begin(), assembly.traffic->sinks.end());
    for (const auto& applied : assembly.applied)
        sinks.insert(sinks.end(), applied->sinks.begin(), applied->sinks.end());
    return sinks;
}

/// The set-up that has an XDP program run by the driver; empty: none.
std::string native_xdp(const Trial& trial) {
    for (const auto& [name, value] : trial.setup.items())
        if (row_named(kSetups, kSetupCount, name, "setup").xdp)
            for (const Json& parameters : repetitions(value))
                if (parameters.value("mode", "native") == "native") return name;
    return "";
}

void require_driver_xdp(const Trial& trial) {
    const std::string setup = native_xdp(trial);
    if (!setup.empty() && machine_needs(trial).native_xdp.empty())
        does_not_fit(fmt::format("setup {} needs a driver that runs XDP programs itself, and that "
                                 "of {} does not",
                                 setup, trial.topology.value("model", "this topology")),
                     fmt::format(R"("{}": {{"mode": "generic"}})", setup));
}

}  // namespace

void require_fit(const Trial& trial, bool own_interfaces) {
    const TrafficKind& traffic = traffic_kind(trial);
    const std::string name = std::string("traffic ") + traffic.name,
                      topology = own_interfaces ? "" : trial.topology.value("kind", "");
    const bool interfaces = topology != "none";
    if (traffic.topology) require_interfaces(name, interfaces);
    if (traffic.topology && *traffic.topology && topology != traffic.topology)
        does_not_fit(fmt::format("{} needs topology {}", name, traffic.topology),
                     fmt::format(R"("topology": {{"kind": "{}"}})", traffic.topology));
    if (traffic.setup && !trial.setup.contains(traffic.setup))
        does_not_fit(fmt::format("{} needs setup {}", name, traffic.setup),
                     fmt::format(R"("setup": {{"{}": {{}}}})", traffic.setup));
    for (const auto& [setup, parameters] : trial.setup.items())
        if (row_named(kSetups, kSetupCount, setup, "setup").interfaces)
            require_interfaces("setup " + setup, interfaces);
    if (!own_interfaces) require_driver_xdp(trial);
}

void add_machine_needs(Trial& trial) {
    const MachineNeeds needs = machine_needs(trial);
    Boot& boot = trial.boot;
    if (!needs.board.empty() && !boot.machine.empty() && boot.machine != needs.board)
        does_not_fit(
            fmt::format("{} needs machine {}, this is {}",
                        trial.topology.value("model", "its topology"), needs.board, boot.machine),
            fmt::format(R"("boot": {{"machine": "{}"}})", needs.board));
    if (!needs.board.empty()) boot.machine = needs.board;
    for (const std::string& device : needs.devices)
        if (std::find(boot.devices.begin(), boot.devices.end(), device) == boot.devices.end())
            boot.devices.push_back(device);
}

std::string lacking_of_kernel(const Trial& trial, const std::string& release) {
    const std::string needed = machine_needs(trial).native_xdp;
    if (native_xdp(trial).empty() || !is_older(release, needed)) return "";
    return fmt::format("its driver runs XDP programs from kernel {} on, this is {}", needed,
                       release);
}

bool needs_own_modules(const Trial& trial) {
    if (machine_needs(trial).own_modules) return true;
    return std::any_of(trial.setup.items().begin(), trial.setup.items().end(),
                       [](const auto& item) {
                           return row_named(kSetups, kSetupCount, item.key(), "setup").own_modules;
                       });
}

MachineNeeds machine_needs(const Trial& trial) {
    const auto needs =
        row_named(kTopologies, kTopologyCount, trial.topology.value("kind", ""), "topology").needs;
    return needs ? needs(trial.topology) : MachineNeeds();
}

Topology make_topology(Sys& sys, Journal& journal, const Trial& trial, const UserPair& pair) {
    if (!pair.names.empty()) return user_interfaces(sys, journal, pair);
    return row_named(kTopologies, kTopologyCount, trial.topology.value("kind", ""), "topology")
        .make(sys, journal, trial.topology);
}

const TrafficKind& traffic_kind(const Trial& trial) {
    return row_named(kTraffics, kTrafficCount, trial.traffic.value("kind", ""), "traffic");
}

std::vector<GuestFile> guest_files_of(const Trial& trial) {
    std::vector<GuestFile> all;
    if (const auto files = traffic_kind(trial).files) all = files(trial.traffic);
    for (const auto& [name, value] : trial.setup.items())
        if (const auto files = row_named(kSetups, kSetupCount, name, "setup").files)
            for (const Json& parameters : repetitions(value))
                for (GuestFile& file : files(parameters)) all.push_back(std::move(file));
    return all;
}

std::vector<Json> repetitions(const Json& value) {
    if (value.is_null()) return {};
    if (!value.is_array()) return {value};
    return {value.begin(), value.end()};
}

/// Adds the words of what a kind needs in its guest, where it needs something.
void add_extras(const char* extras, std::set<std::string>& all) {
    std::istringstream words(extras ? extras : "");
    for (std::string word; words >> word;) all.insert(word);
}

std::set<std::string> observing_programs(const Trial& trial) {
    std::vector<std::string> names = trial.collectors;
    for (const Json& observer : repetitions(trial.setup.value("observer", Json())))
        names.push_back(observer.value("collector", ""));
    std::set<std::string> tools;
    for (const std::string& name : names) add_extras(collector_named(name).kind->extra, tools);
    return tools;
}

std::set<std::string> extra_tools(const Trial& trial) {
    std::set<std::string> tools = observing_programs(trial);
    for (const auto& [name, parameters] : trial.setup.items())
        add_extras(row_named(kSetups, kSetupCount, name, "setup").extra, tools);
    for (const auto& [name, value] : trial.knobs.items())
        add_extras(find_knob(name).kind.extra, tools);
    return tools;
}

std::vector<std::pair<std::string, std::string>> knobs_of(const Trial& trial,
                                                          const Topology& topology) {
    std::vector<std::pair<std::string, std::string>> knobs;
    for (const auto& [written, value] : trial.knobs.items()) {
        std::string name = written;
        if (const std::string side = side_of(written); !side.empty() && !topology.paths.empty()) {
            const Path& path = topology.paths.front();
            const Interface& end = side == "dut" ? path.receiver : path.generator;
            name = name_for(written, {side, end.name, !end.netns.empty()});
        }
        knobs.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
    }
    sort_knobs(knobs);
    return knobs;
}

Interfaces Assembly::receivers() const {
    Interfaces receivers;
    for (const Path& path : topology.paths) receivers.push_back(path.receiver);
    return receivers;
}

Assembly assemble(Sys& sys, Journal& journal, const Trial& trial, const UserPair& pair) {
    require_fit(trial, !pair.names.empty());
    check_knobs(sys, trial, {});
    Assembly assembly;
    const TrafficKind& traffic = traffic_kind(trial);
    assembly.item = traffic.item;
    assembly.packets = trial.traffic.value(assembly.item + "s", uint64_t{0});
    assembly.warmup_packets = trial.traffic.value("warmup_" + assembly.item + "s", uint64_t{0});
    if (traffic.before_topology) traffic.before_topology(sys);
    assembly.topology = make_topology(sys, journal, trial, pair);
    apply_setups(sys, journal, trial.setup, Moment::before_knobs, assembly);
    check_knobs(sys, trial, assembly.topology);
    for (const auto& [name, value] : knobs_of(trial, assembly.topology))
        journal.set_knob(name, value);
    apply_setups(sys, journal, trial.setup, Moment::after_knobs, assembly);
    assembly.traffic = traffic.make(sys, journal, assembly.topology, trial.traffic, trial.seed);
    assembly.sinks = all_sinks(assembly);
    return assembly;
}

}  // namespace rxlab
