// SPDX-License-Identifier: GPL-2.0
#include "setup/kinds.h"

#include <fmt/format.h>

namespace rxlab {

const char kLinkSchema[] = R"({
  "type": "object",
  "required": ["name"],
  "properties": {
    "kind": {"const": "dummy", "default": "dummy"},
    "name": {"title": "an interface's name", "type": "string", "pattern": "^[a-z][a-z0-9]*$",
        "maxLength": 15}
  }
})";

std::unique_ptr<Applied> apply_link(Sys& sys, Journal& journal, const Topology& topology,
                                    const Json& parameters) {
    const std::string netns = topology.paths.front().receiver.netns;
    const std::string name = parameters.at("name");
    journal.record({.what = "interface " + name,
                    .netns = netns,
                    .argv = {"ip", "link", "del", name},
                    .done_if_absent = "/sys/class/net/" + name});
    const std::string lines =
        fmt::format("link add {0} type dummy\nlink set dev {0} arp off up\n", name);
    run_or_throw(sys, {"ip", "-batch", "-"}, lines, netns);
    return std::make_unique<Applied>();
}

}  // namespace rxlab
