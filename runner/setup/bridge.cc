// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "setup/extra_link.h"
#include "setup/kinds.h"

#include <fmt/format.h>

namespace rxlab {

const char kBridgeSchema[] = R"({
  "type": "object",
  "properties": {
    "host_beyond": {"title": "a MAC address", "type": "string",
        "pattern": "^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$",
        "description": "of a host at a second port; without it what is for the receiver goes up"}
  }
})";

namespace {
constexpr const char* kBridge = "rxbr0";
}

/// The receiver's addresses stay with the port, as far as packets go it makes no difference. A
/// bridge that goes lets its ports go.
std::unique_ptr<Applied> apply_bridge(Sys& sys, Journal& journal, const Topology& topology,
                                      const Json& parameters) {
    auto applied = std::make_unique<Applied>();
    const Interface& port = topology.paths.front().receiver;
    add_link(sys, journal, topology, kBridge, "bridge stp_state 0 mcast_snooping 0");
    std::string lines = fmt::format("link set dev {} master {}\n", port.name, kBridge);
    const std::string beyond = parameters.value("host_beyond", "");
    if (!beyond.empty()) {
        applied->sinks.push_back(add_way_out(sys, journal, topology, "bridge.forwarded"));
        lines += fmt::format("link set dev {} master {}\n", kWayOut, kBridge);
    }
    run_or_throw(sys, {"ip", "-batch", "-"}, lines, port.netns);
    if (!beyond.empty())
        run_or_throw(sys, {"bridge", "fdb", "add", beyond, "dev", kWayOut, "master", "static"}, {},
                     port.netns);
    return applied;
}

}  // namespace rxlab
