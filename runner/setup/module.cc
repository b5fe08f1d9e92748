// SPDX-License-Identifier: GPL-2.0
#include "journal/load_module.h"
#include "setup/kinds.h"

namespace rxlab {

const char kModuleSchema[] = R"({
  "type": "object",
  "required": ["name"],
  "properties": {
    "name": {"type": "string", "pattern": "^[a-z0-9_]+$", "maxLength": 56,
        "description": "NAME of NAME.ko"},
    "parameters": {"type": "object", "description": "module parameters by name",
                   "additionalProperties": {"type": ["integer", "boolean", "string"],
                       "pattern": "^[A-Za-z0-9_.:,-]*$"}}
  }
})";

std::unique_ptr<Applied> apply_module(Sys& sys, Journal& journal, const Topology&,
                                      const Json& parameters) {
    load_module(sys, journal, parameters.at("name"),
                parameters.value("parameters", Json::object()));
    return std::make_unique<Applied>();
}

}  // namespace rxlab
