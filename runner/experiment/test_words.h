// SPDX-License-Identifier: GPL-2.0
// A small vocabulary and a valid experiment for tests.
#pragma once
#include "base/error.h"
#include "experiment/experiment.h"

namespace rxlab::test {

inline Vocabulary words() {
    const Json count = {{"type", "integer"}, {"minimum", 1}};
    const Json port = {{"type", "integer"}, {"minimum", 1}, {"maximum", 65535}};
    Vocabulary words;
    words.topologies = {{"veth", "pairs", {{"properties", {{"pairs", count}, {"queues", count}}}}}};
    words.traffics = {{"pktgen",
                       "in the kernel",
                       {{"required", {"packets"}},
                        {"properties",
                         {{"packets", count},
                          {"warmup_packets", count},
                          {"packet_size", count},
                          {"udp_dst_port", port}}}}},
                      {"live_frames",
                       "without modules",
                       {{"properties", {{"packets", count}, {"cpus", count}}}}}};
    words.setups = {
        {"xdp",
         "a program",
         {{"required", {"program"}},
          {"properties",
           {{"program", {{"enum", {"xdp_drop", "xdp_port_drop"}}}},
            {"mode", {{"enum", {"native", "generic"}}}},
            {"config", {{"type", "object"}, {"additionalProperties", {{"type", "integer"}}}}}}}}},
        {"link",
         "a link",
         {{"properties", {{"kind", {{"const", "dummy"}}}, {"name", {{"type", "string"}}}}}}}};
    words.knobs = {{"sysctl", "", nullptr}, {"sysfs", "", nullptr}};
    words.require_knob = [](const std::string& knob) {
        if (knob.ends_with("/")) throw Error(Status::usage, "a knob is a file");
    };
    words.devices = {{"intel-iommu", "", nullptr}, {"e1000", "", nullptr}};
    words.collectors = {{"softirq", "", nullptr}, {"softnet", "", nullptr}};
    words.metrics = {{"instructions_per_packet", "", nullptr},
                     {"lost_fraction", "", nullptr},
                     {"softirq.*.entry_to_exit.p99", "", nullptr}};
    return words;
}

inline const char kValid[] = R"({
  // where should packets die?
  "name": "sample", "question": "Which?", "description": "Text.",
  "lanes": ["counted", "timed", "functional"], "mechanism": ["instructions"],
  "topology": {"kind": "veth", "pairs": 1},
  "traffic": {"kind": "pktgen", "packets": 1000, "udp_dst_port": 9},
  "setup": {"link": {"kind": "dummy", "name": "shared0"}},
  "knobs": {"sysctl:net.core.netdev_budget": "$budget.packets", )"
                             R"("sysctl:net.core.netdev_budget_usecs": "$budget.usecs"},
  "collectors": ["softirq", "softnet"],
  "primary": ["instructions_per_packet", "softirq.net_rx.entry_to_exit.p99"],
  "arms": [
    {"name": "none", "summary": "no filter", "baseline": true},
    {"name": "xdp", "setup": {"xdp": {"program": "xdp_port_drop", "mode": "native", )"
                             R"("config": {"drop_port": 9}}, "link": null}},
    {"name": "other", "traffic": {"packets": "$packets"}, "boot": {"cmdline": "rxlab.pad=x", )"
                             R"("seed_offset": 7}, "expect": ["conservation"]}
  ],
  "factors": {"budget": [{"packets": 16, "usecs": 2000}, {"packets": 300, "usecs": 2000}], )"
                             R"("packets": [1000]},
  "rounds": {"boot_seeds": 2, "phases": 2, "timed": 3, "timed_max": 4, "functional": 1}
}
)";

}  // namespace rxlab::test
