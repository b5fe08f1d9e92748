// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "setup/counters.h"
#include "setup/kinds.h"
#include "sys/bpf.h"

#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <linux/netlink.h>
#include <cstring>

namespace rxlab {

const char kTcSchema[] = R"({
  "type": "object",
  "properties": {
    "kind": {"enum": ["flower", "u32", "bpf"], "default": "flower",
        "description": "the classifier; bpf: the program tc_port_drop"},
    "dst_port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 9,
        "description": "UDP destination port dropped"}
  }
})";

namespace {

class Tc : public Applied {
public:
    std::vector<BpfObject> programs;  ///< as long as they are attached
};

std::string filter_line(const std::string& kind, const std::string& device, int port) {
    const std::string match =
        kind == "flower"
            ? fmt::format("flower ip_proto udp dst_port {}", port)
            : fmt::format("u32 match ip protocol 17 0xff match ip dport {} 0xffff", port);
    return fmt::format("filter add dev {} ingress pref 1 protocol ip {} action drop\n", device,
                       match);
}

void attach_bpf(Sys& sys, const Interface& receiver, int interface_index, int program) {
    LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = interface_index, .attach_point = BPF_TC_INGRESS);
    LIBBPF_OPTS(bpf_tc_opts, options, .prog_fd = program, .handle = 1, .priority = 1);
    sys.in_netns(receiver.netns, [&] {
        if (const int error = ::bpf_tc_attach(&hook, &options))
            throw Error(Status::invalid,
                        fmt::format("tc program on {}: {}", receiver.name, std::strerror(-error)));
    });
}

/// One that is there is somebody else's, with filters of theirs.
void require_no_ingress(Sys& sys, const Interface& receiver) {
    if (!receiver.netns.empty()) return;  // ours, and new
    const std::string folder = "/sys/class/net/" + receiver.name;
    if (ingress_drops_in(sys.netlink(NETLINK_ROUTE, qdisc_request()),
                         std::stoi(sys.read_file(folder + "/ifindex"))))
        throw Error(
            Status::usage, fmt::format("{} has an ingress or clsact qdisc already", receiver.name),
            fmt::format("tc qdisc show dev {0}; tc qdisc del dev {0} clsact", receiver.name));
}

/// The qdisc's undoing works whether or not it was made: replaced (replayed first), then deleted.
/// What was there before was refused.
void record(Sys& sys, Journal& journal, const Interface& receiver) {
    require_no_ingress(sys, receiver);
    for (const char* verb : {"del", "replace"})
        journal.record({.what = fmt::format("tc clsact of {} ({})", receiver.name, verb),
                        .netns = receiver.netns,
                        .argv = {"tc", "qdisc", verb, "dev", receiver.name, "clsact"},
                        .interface = receiver.name});
}

int index_of(Sys& sys, const Interface& receiver) {
    int index = 0;
    sys.in_netns(receiver.netns, [&] {
        index = std::stoi(sys.read_file("/sys/class/net/" + receiver.name + "/ifindex"));
    });
    return index;
}

uint64_t ingress_drops(Sys& sys, const Interface& receiver, int index) {
    uint64_t drops = 0;
    sys.in_netns(receiver.netns, [&] {
        drops = parse_ingress_drops(sys.netlink(NETLINK_ROUTE, qdisc_request()), index);
    });
    return drops;
}

}  // namespace

std::string describe_tc(Sys& sys, Journal& journal, const Topology& topology,
                        const Json& parameters) {
    for (const Path& path : topology.paths) record(sys, journal, path.receiver);
    return fmt::format("tc clsact and a filter ({}) that drops UDP port {} on {}",
                       parameters.value("kind", "flower"), parameters.value("dst_port", 9),
                       receiver_names(topology));
}

std::unique_ptr<Applied> apply_tc(Sys& sys, Journal& journal, const Topology& topology,
                                  const Json& parameters) {
    const std::string kind = parameters.value("kind", "flower");
    const int port = parameters.value("dst_port", 9);
    auto applied = std::make_unique<Tc>();
    std::vector<std::pair<Interface, int>> receivers;
    std::string lines;
    for (const Path& path : topology.paths) {
        record(sys, journal, path.receiver);
        lines += fmt::format("qdisc add dev {} clsact\n", path.receiver.name);
        if (kind != "bpf") lines += filter_line(kind, path.receiver.name, port);
        receivers.emplace_back(path.receiver, 0);
    }
    run_or_throw(sys, {"tc", "-batch", "-"}, lines, topology.paths.front().receiver.netns);
    for (auto& [receiver, index] : receivers) {
        index = index_of(sys, receiver);
        if (kind != "bpf") continue;
        applied->programs.push_back(load_bpf("tc_port_drop", {{"drop_port", port}}));
        attach_bpf(sys, receiver, index, applied->programs.back().program());
    }
    applied->sinks.push_back({"tc.drop", [&sys, receivers] {
                                  uint64_t sum = 0;
                                  for (const auto& [receiver, index] : receivers)
                                      sum += ingress_drops(sys, receiver, index);
                                  return sum;
                              }});
    return applied;
}

}  // namespace rxlab
