// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "setup/extra_link.h"
#include "setup/kinds.h"

#include <fmt/format.h>

namespace rxlab {

const char kRouteSchema[] = R"({
  "type": "object",
  "properties": {
    "to": {"title": "an IPv4 network", "type": "string",
        "pattern": "^[0-9]{1,3}([.][0-9]{1,3}){3}/[0-9]{1,2}$", "default": "198.18.0.0/15",
        "description": "sent on by a dummy; the default is RFC 2544's, for benchmarks"}
  }
})";

/// The receiver's interface forwards, and nobody else's.
std::unique_ptr<Applied> apply_route(Sys& sys, Journal& journal, const Topology& topology,
                                     const Json& parameters) {
    auto applied = std::make_unique<Applied>();
    const Interface& in = topology.paths.front().receiver;
    applied->sinks.push_back(add_way_out(sys, journal, topology, "route.forwarded"));
    run_or_throw(sys,
                 {"ip", "route", "add", parameters.value("to", "198.18.0.0/15"), "dev", kWayOut},
                 {}, in.netns);
    journal.write_file("forwarding of " + in.name,
                       fmt::format("/proc/sys/net/ipv4/conf/{}/forwarding", in.name), "1",
                       in.netns);
    return applied;
}

}  // namespace rxlab
