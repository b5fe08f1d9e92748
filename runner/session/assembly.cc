// SPDX-License-Identifier: GPL-2.0
#include "session/assembly.h"

#include "topology/sinks.h"

namespace rxlab {
namespace {

Topology user_interface(Sys& sys, const std::string& name) {
    if (!sys.exists("/sys/class/net/" + name)) throw Error(Status::usage, fmt::format("no interface '{}'", name), "ip link shows what there is");
    Topology topology;
    topology.paths.push_back({.receiver = {"", name}});
    topology.sinks = protocol_sinks(sys, "");
    return topology;
}

void apply_setups(Sys& sys, Journal& journal, const Json& setup, Assembly& assembly) {
    for (const auto& [name, value] : setup.items()) row_named(kSetups, kSetupCount, name, "setup");
    for (size_t i = 0; i < kSetupCount; i++) {
        const auto found = setup.find(kSetups[i].name);
        if (found == setup.end()) continue;
        for (const Json& parameters : repetitions(*found)) assembly.applied.push_back(kSetups[i].apply(sys, journal, assembly.topology, parameters));
    }
}

std::vector<Sink> all_sinks(const Assembly& assembly) {
    std::vector<Sink> sinks = assembly.topology.sinks;
    for (const auto& applied : assembly.applied) sinks.insert(sinks.end(), applied->sinks.begin(), applied->sinks.end());
    return sinks;
}

} // namespace

Topology make_topology(Sys& sys, Journal& journal, const Trial& trial, const std::string& interface) {
    if (!interface.empty()) return user_interface(sys, interface);
    return row_named(kTopologies, kTopologyCount, trial.topology.value("kind", ""), "topology").make(sys, journal, trial.topology);
}

std::vector<Json> repetitions(const Json& value) {
    if (value.is_null()) return {};
    if (!value.is_array()) return {value};
    return {value.begin(), value.end()};
}

std::string knob_text(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

Assembly assemble(Sys& sys, Journal& journal, const Trial& trial, const std::string& interface) {
    Assembly assembly;
    assembly.packets = trial.traffic.value("packets", uint64_t{0});
    assembly.warmup_packets = trial.traffic.value("warmup_packets", uint64_t{0});
    const TrafficKind& traffic = row_named(kTraffics, kTrafficCount, trial.traffic.value("kind", ""), "traffic");
    if (const std::string lacking = traffic.missing(sys); !lacking.empty()) throw Error(Status::usage, lacking, "another traffic kind, or --target vm");
    assembly.topology = make_topology(sys, journal, trial, interface);
    apply_setups(sys, journal, trial.setup, assembly);
    for (const auto& [name, value] : trial.knobs.items()) journal.set_knob(name, knob_text(value));
    assembly.traffic = traffic.make(sys, journal, assembly.topology, trial.traffic, trial.seed);
    assembly.sinks = all_sinks(assembly);
    return assembly;
}

} // namespace rxlab
