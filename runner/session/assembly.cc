// SPDX-License-Identifier: GPL-2.0
#include "session/assembly.h"

#include "base/names.h"
#include "base/row_named.h"
#include "collect/collector.h"
#include "topology/sinks.h"

namespace rxlab {
namespace {

std::string mac_of(Sys& sys, const std::string& name) {
    const std::string folder = "/sys/class/net/" + name;
    if (name.empty() || !sys.exists(folder))
        throw Error(Status::usage, fmt::format("no interface '{}'", name),
                    "--interface GEN:DUT; ip link shows what there is");
    if (sys.read_file(folder + "/operstate").starts_with("down"))
        throw Error(Status::usage, fmt::format("interface '{}' is down", name),
                    fmt::format("ip link set {} up", name));
    const std::string mac = sys.read_file(folder + "/address");
    return mac.substr(0, mac.find('\n'));
}

/// The user's own pair of joined interfaces: two ports and a cable, or a veth pair. Addresses are
/// those that RFC 2544 sets aside for benchmarks; they are in the frames only.
Topology user_interfaces(Sys& sys, const std::string& pair) {
    const size_t colon = pair.find(':');
    if (colon == std::string::npos)
        throw Error(
            Status::usage,
            fmt::format("--interface {}: expected two interfaces that are joined, GEN:DUT", pair),
            "--interface eth1:eth2 sends from eth1 and measures eth2");
    const Interface generator{"", pair.substr(0, colon)}, receiver{"", pair.substr(colon + 1)};
    for (const Interface& end : {generator, receiver}) require_interface_name(end.name);
    Topology topology;
    topology.paths.push_back({generator, receiver, mac_of(sys, generator.name),
                              mac_of(sys, receiver.name), "198.18.0.1", "198.18.0.2"});
    topology.sinks = protocol_sinks(sys, "");
    for (Sink& sink : veth_sinks(sys, topology.paths)) topology.sinks.push_back(std::move(sink));
    return topology;
}

void apply_setups(Sys& sys, Journal& journal, const Json& setup, Assembly& assembly) {
    for (const auto& [name, value] : setup.items()) row_named(kSetups, kSetupCount, name, "setup");
    for (size_t i = 0; i < kSetupCount; i++) {
        const auto found = setup.find(kSetups[i].name);
        if (found == setup.end()) continue;
        for (const Json& parameters : repetitions(*found))
            assembly.applied.push_back(
                kSetups[i].apply(sys, journal, assembly.topology, parameters));
    }
}

std::vector<Sink> all_sinks(const Assembly& assembly) {
    std::vector<Sink> sinks = assembly.topology.sinks;
    sinks.insert(sinks.end(), assembly.traffic->sinks.begin(), assembly.traffic->sinks.end());
    for (const auto& applied : assembly.applied)
        sinks.insert(sinks.end(), applied->sinks.begin(), applied->sinks.end());
    return sinks;
}

}  // namespace

Topology make_topology(Sys& sys, Journal& journal, const Trial& trial,
                       const std::string& interface) {
    if (!interface.empty()) return user_interfaces(sys, interface);
    return row_named(kTopologies, kTopologyCount, trial.topology.value("kind", ""), "topology")
        .make(sys, journal, trial.topology);
}

const TrafficKind& traffic_kind(const Trial& trial) {
    return row_named(kTraffics, kTrafficCount, trial.traffic.value("kind", ""), "traffic");
}

std::vector<Json> repetitions(const Json& value) {
    if (value.is_null()) return {};
    if (!value.is_array()) return {value};
    return {value.begin(), value.end()};
}

std::set<std::string> extra_tools(const Trial& trial) {
    std::vector<std::string> names = trial.collectors;
    for (const Json& observer : repetitions(trial.setup.value("observer", Json())))
        names.push_back(observer.value("collector", ""));
    std::set<std::string> tools;
    for (const std::string& name : names)
        if (const char* extra = collector_named(name).kind->extra) tools.insert(extra);
    return tools;
}

std::string knob_text(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

Interfaces Assembly::receivers() const {
    Interfaces receivers;
    for (const Path& path : topology.paths) receivers.push_back(path.receiver);
    return receivers;
}

Assembly assemble(Sys& sys, Journal& journal, const Trial& trial, const std::string& interface) {
    Assembly assembly;
    const TrafficKind& traffic = traffic_kind(trial);
    assembly.item = traffic.item;
    assembly.packets = trial.traffic.value(assembly.item + "s", uint64_t{0});
    assembly.warmup_packets = trial.traffic.value("warmup_" + assembly.item + "s", uint64_t{0});
    if (traffic.before_topology) traffic.before_topology(sys);
    assembly.topology = make_topology(sys, journal, trial, interface);
    apply_setups(sys, journal, trial.setup, assembly);
    for (const auto& [name, value] : trial.knobs.items()) journal.set_knob(name, knob_text(value));
    assembly.traffic = traffic.make(sys, journal, assembly.topology, trial.traffic, trial.seed);
    assembly.sinks = all_sinks(assembly);
    return assembly;
}

}  // namespace rxlab
