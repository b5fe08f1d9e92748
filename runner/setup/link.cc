// SPDX-License-Identifier: GPL-2.0
#include "setup/extra_link.h"
#include "setup/kinds.h"

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
    add_link(sys, journal, topology, parameters.at("name"), "dummy");
    return std::make_unique<Applied>();
}

}  // namespace rxlab
