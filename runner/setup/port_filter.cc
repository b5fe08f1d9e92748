// SPDX-License-Identifier: GPL-2.0
#include "setup/kinds.h"
#include "setup/xdp.h"

#include "xdp/engine.h"

#include <fmt/format.h>
#include <netinet/in.h>

namespace rxlab {

const char kPortFilterSchema[] = R"({
  "type": "object",
  "properties": {
    "engine": {"enum": ["bitmap", "hash", "lpm"], "default": "bitmap",
        "description": "how rules are found"},
    "rules": {"type": "integer", "minimum": 0, "maximum": 20000, "default": 10,
        "description": "so many rules, each dropping one UDP destination port from first_port on"},
    "first_port": {"type": "integer", "minimum": 0, "maximum": 65535, "default": 9,
        "description": "the first rule's"},
    "drop_by_default": {"type": "boolean", "default": false,
        "description": "what no rule applies to"},
    "count": {
      "type": "object", "additionalProperties": false,
      "description": "what is counted besides packets per verdict",
      "properties": {
        "bytes": {"type": "boolean", "default": true},
        "protocols": {"type": "boolean", "default": true},
        "ports": {"type": "boolean", "default": true}, "rules": {"type": "boolean", "default": true}
      }
    },
    "mode": {"enum": ["native", "generic"], "default": "native"}
  }
})";

namespace {

RuleSet generated(const Json& parameters) {
    RuleSet set;
    set.drop_by_default = parameters.value("drop_by_default", false);
    for (int i = 0; i < parameters.value("rules", 10); i++) {
        PortRule rule;
        rule.protocol = IPPROTO_UDP;
        rule.first = rule.last = static_cast<uint16_t>(parameters.value("first_port", 9) + i);
        set.rules.push_back(rule);
    }
    rank(set.rules);
    return set;
}

}  // namespace

std::unique_ptr<Applied> apply_port_filter(Sys& sys, Journal& journal, const Topology& topology,
                                           const Json& parameters) {
    const RuleSet set = generated(parameters);
    const Json count = parameters.value("count", Json::object());
    const Counting counting{count.value("bytes", true), count.value("protocols", true),
                            count.value("ports", true), count.value("rules", true)};
    return attach_everywhere(sys, journal, topology, parameters, [&] {
        return build_filter(engine_named(parameters.value("engine", "bitmap")), set,
                            slots_for(set.rules, {}, {}), counting);
    });
}

std::string describe_port_filter(Sys&, Journal& journal, const Topology& topology,
                                 const Json& parameters) {
    record_everywhere(journal, topology, "port_filter", parameters);
    return fmt::format("attach rxlab's port filter ({}, {} rules, {}) to {}",
                       parameters.value("engine", "bitmap"), parameters.value("rules", 10),
                       parameters.value("mode", "native"), receiver_names(topology));
}

}  // namespace rxlab
