// SPDX-License-Identifier: GPL-2.0
#include "setup/counters.h"
#include "setup/kinds.h"
#include "setup/nft_rule.h"

#include <fmt/format.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>

namespace rxlab {

const char kNftSchema[] = R"({
  "type": "object",
  "properties": {
    "hook": {"enum": ["ingress", "prerouting", "input"], "default": "prerouting",
        "description": "before the stack; before routing, at raw priority; or after routing"},
    "priority": {"type": "integer", "minimum": -1000, "maximum": 1000,
        "description": "default: raw (-300) at prerouting, else filter (0) as usual"},
    "dst_port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 9,
        "description": "UDP destination port dropped"}
  }
})";

namespace {
constexpr const char* kChain = "drop_point";

struct Hook {
    const char* name;
    const char* table_family;
    uint8_t family;
    int priority;
};
const Hook kHooks[] = {
    {"ingress", "netdev", NFPROTO_NETDEV, 0},
    {"prerouting", "ip", NFPROTO_IPV4, -300},
    {"input", "ip", NFPROTO_IPV4, 0},
};

const Hook& hook_named(const std::string& name) {
    for (const Hook& hook : kHooks)
        if (name == hook.name) return hook;
    return kHooks[1];
}

/// Only a hook of the netdev family belongs to interfaces.
std::string devices(const Hook& hook, const Topology& topology) {
    if (hook.family != NFPROTO_NETDEV) return "";
    std::string list;
    for (const Path& path : topology.paths) list += (list.empty() ? "" : ", ") + path.receiver.name;
    return fmt::format(" devices = {{ {} }}", list);
}

/// Of this run alone: a table that somebody called "rxlab" is not touched.
std::string table_of(const Journal& journal) {
    return "rxlab" + journal.tag();
}

}  // namespace

std::unique_ptr<Applied> drop_by_nft(Sys& sys, Journal& journal, const Topology& topology,
                                     const NftRule& rule) {
    const Hook& hook = hook_named(rule.hook);
    const std::string netns = topology.paths.front().receiver.netns, table = table_of(journal);
    // Adding a table that is there already is no error, so this can be undone whether or not it was
    // done.
    const std::string undo =
        fmt::format("add table {0} {1}; delete table {0} {1}", hook.table_family, table);
    journal.record({.what = fmt::format("nftables table {} {}", hook.table_family, table),
                    .netns = netns,
                    .argv = {"nft", undo}});
    const std::string ruleset = fmt::format(
        "add table {0} {1}\n"
        "add chain {0} {1} {2} {{ type filter hook {3}{4} priority {5}; policy accept; }}\n"
        "add rule {0} {1} {2} {6} counter drop\n",
        hook.table_family, table, kChain, hook.name, devices(hook, topology),
        rule.priority.value_or(hook.priority), rule.match);
    run_or_throw(sys, {"nft", "-f", "-"}, ruleset, netns);

    auto applied = std::make_unique<Applied>();
    const std::string request = nft_rules_request(hook.family, table, kChain);
    applied->sinks.push_back({"nft.drop", [&sys, netns, request] {
                                  uint64_t packets = 0;
                                  sys.in_netns(netns, [&] {
                                      packets = parse_nft_counters(
                                          sys.netlink(NETLINK_NETFILTER, request));
                                  });
                                  return packets;
                              }});
    return applied;
}

std::unique_ptr<Applied> apply_nft(Sys& sys, Journal& journal, const Topology& topology,
                                   const Json& parameters) {
    NftRule rule{parameters.value("hook", "prerouting"),
                 {},
                 fmt::format("udp dport {}", parameters.value("dst_port", 9))};
    if (parameters.contains("priority")) rule.priority = parameters.at("priority").get<int>();
    return drop_by_nft(sys, journal, topology, rule);
}

}  // namespace rxlab
