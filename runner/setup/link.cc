// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
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

namespace {

/// By which an interface that a run made is known from one that somebody gave the same name since.
constexpr const char* kAddress = "02:72:78:6c:61:62";

void require_absent(Sys& sys, const std::string& name) {
    if (sys.exists("/sys/class/net/" + name))
        throw Error(Status::usage, fmt::format("interface '{}' exists already", name),
                    "another name, or ip link del " + name);
}

}  // namespace

std::unique_ptr<Applied> apply_link(Sys& sys, Journal& journal, const Topology& topology,
                                    const Json& parameters) {
    const std::string netns = topology.paths.front().receiver.netns;
    const std::string name = parameters.at("name"), folder = "/sys/class/net/" + name;
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
    const std::string lines =
        fmt::format("link add {0}{1} type dummy\nlink set dev {0} arp off up\n", name, address);
    run_or_throw(sys, {"ip", "-batch", "-"}, lines, netns);
    return std::make_unique<Applied>();
}

}  // namespace rxlab
