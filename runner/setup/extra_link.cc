// SPDX-License-Identifier: GPL-2.0
#include "setup/extra_link.h"

#include "base/error.h"
#include "topology/sinks.h"

#include <fmt/format.h>

namespace rxlab {
namespace {

/// By which an interface that a run made is known from one that somebody gave the same name since.
constexpr const char* kAddress = "02:72:78:6c:61:62";

void require_absent(Sys& sys, const std::string& name) {
    if (sys.exists("/sys/class/net/" + name))
        throw Error(Status::usage, fmt::format("interface '{}' exists already", name),
                    "another name, or ip link del " + name);
}

}  // namespace

void add_link(Sys& sys, Journal& journal, const Topology& topology, const std::string& name,
              const std::string& type) {
    const std::string netns = topology.paths.front().receiver.netns,
                      folder = "/sys/class/net/" + name;
    Undo undo{.what = "interface " + name,
              .netns = netns,
              .argv = {"ip", "link", "del", name},
              .done_if_absent = folder};
    std::string address;
    if (netns.empty()) {  // among the user's own
        require_absent(sys, name);
        undo.ours_path = folder + "/address";
        undo.ours_value = kAddress;
        address = std::string(" address ") + kAddress;
    }
    journal.record(undo);
    run_or_throw(
        sys, {"ip", "-batch", "-"},
        fmt::format("link add {0}{1} type {2}\nlink set dev {0} arp off up\n", name, address, type),
        netns);
}

Sink add_way_out(Sys& sys, Journal& journal, const Topology& topology, const std::string& sink) {
    add_link(sys, journal, topology, kWayOut, "dummy");
    const Interface link{topology.paths.front().receiver.netns, kWayOut};
    return {sink, [&sys, link] { return statistic(sys, link, "tx_packets"); }};
}

}  // namespace rxlab
