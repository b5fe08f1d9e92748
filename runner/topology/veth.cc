// SPDX-License-Identifier: GPL-2.0
#include "topology/kinds.h"
#include "topology/namespaces.h"
#include "topology/sinks.h"

#include <fmt/format.h>

namespace rxlab {

const char kVethSchema[] = R"({
  "type": "object",
  "properties": {
    "pairs": {"type": "integer", "minimum": 1, "maximum": 16, "default": 1,
        "description": "paths side by side"},
    "queues": {"type": "integer", "minimum": 1, "maximum": 16, "default": 1,
        "description": "queues of each interface"}
  }
})";

namespace {

std::string device(const Interface& own, const std::string& mac, int queues) {
    return fmt::format("{} address {} numtxqueues {} numrxqueues {}", own.name, mac, queues,
                       queues);
}

/// The pair is made from inside the generator's namespace, so that one run of ip does all of that
/// side.
std::string generator_lines(const Path& path, int queues) {
    return fmt::format("link add {} type veth peer name {} netns {}\n",
                       device(path.generator, path.generator_mac, queues),
                       device(path.receiver, path.receiver_mac, queues), kReceiver) +
           generator_address(path);
}

}  // namespace

Topology make_veth(Sys& sys, Journal& journal, const Json& parameters) {
    const int pairs = parameters.value("pairs", 1), queues = parameters.value("queues", 1);
    Topology topology;
    std::string generator, receiver;
    for (int n = 0; n < pairs; n++) {
        topology.paths.push_back(
            make_path(n, fmt::format("rxgen{}", n), fmt::format("rxdut{}", n)));
        generator += generator_lines(topology.paths.back(), queues);
        receiver += receiver_address(topology.paths.back());
    }
    make_namespaces(sys, journal);
    run_or_throw(sys, {"ip", "-batch", "-"}, generator, kGenerator);
    run_or_throw(sys, {"ip", "-batch", "-"}, receiver, kReceiver);
    topology.sinks = protocol_sinks(sys, kReceiver);
    for (Sink& sink : veth_sinks(sys, topology.paths)) topology.sinks.push_back(std::move(sink));
    return topology;
}

}  // namespace rxlab
