// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "topology/kinds.h"
#include "topology/sinks.h"

#include <fmt/format.h>

namespace rxlab {

const char kVethSchema[] = R"({
  "type": "object",
  "properties": {
    "pairs": {"type": "integer", "minimum": 1, "maximum": 16, "default": 1, "description": "paths side by side"},
    "queues": {"type": "integer", "minimum": 1, "maximum": 16, "default": 1, "description": "queues of each interface"}
  }
})";

namespace {

constexpr const char* kGenerator = "rxlab-gen";
constexpr const char* kReceiver = "rxlab-dut";

Path make_path(int n) {
    return {.generator = {kGenerator, fmt::format("rxgen{}", n)},
            .receiver = {kReceiver, fmt::format("rxdut{}", n)},
            .generator_mac = fmt::format("02:00:00:00:{:02x}:01", n),
            .receiver_mac = fmt::format("02:00:00:00:{:02x}:02", n),
            .generator_ip = fmt::format("10.99.{}.1", n),
            .receiver_ip = fmt::format("10.99.{}.2", n)};
}

void make_namespaces(Sys& sys, Journal& journal) {
    for (const char* netns : {kReceiver, kGenerator}) {
        if (sys.exists(fmt::format("/run/netns/{}", netns)))
            throw Error(Status::usage, fmt::format("network namespace '{}' exists already", netns),
                        fmt::format("'rxlab restore' removes what an interrupted run left; otherwise 'ip netns del {}'", netns));
        journal.record({.what = fmt::format("network namespace {}", netns), .argv = {"ip", "netns", "del", netns},
                        .done_if_absent = fmt::format("/run/netns/{}", netns)});
    }
    run_or_throw(sys, {"ip", "-batch", "-"}, fmt::format("netns add {}\nnetns add {}\n", kReceiver, kGenerator)); // traffic/pktgen.cc says why in this order
    // No router solicitations and no neighbour discovery: every frame is one of ours.
    for (const char* netns : {kGenerator, kReceiver})
        sys.in_netns(netns, [&] {
            const char* ipv6 = "/proc/sys/net/ipv6/conf/default/disable_ipv6";
            if (sys.exists(ipv6)) sys.write_file(ipv6, "1");
        });
}

std::string device(const Interface& own, const std::string& mac, int queues) {
    return fmt::format("{} address {} numtxqueues {} numrxqueues {}", own.name, mac, queues, queues);
}

std::string address_lines(const Interface& own, const std::string& ip, const std::string& peer_ip, const std::string& peer_mac) {
    return fmt::format("link set dev {0} arp off up\naddr add {1}/24 dev {0}\nneigh add {2} lladdr {3} nud permanent dev {0}\n", own.name, ip,
                       peer_ip, peer_mac);
}

/// The pair is made from inside the generator's namespace, so that one run of ip does all of that side.
std::string generator_lines(const Path& path, int queues) {
    return fmt::format("link add {} type veth peer name {} netns {}\n", device(path.generator, path.generator_mac, queues),
                       device(path.receiver, path.receiver_mac, queues), kReceiver) +
           address_lines(path.generator, path.generator_ip, path.receiver_ip, path.receiver_mac);
}

std::string receiver_lines(const Path& path) {
    return address_lines(path.receiver, path.receiver_ip, path.generator_ip, path.generator_mac);
}

} // namespace

Topology make_veth(Sys& sys, Journal& journal, const Json& parameters) {
    const int pairs = parameters.value("pairs", 1), queues = parameters.value("queues", 1);
    Topology topology;
    std::string generator, receiver;
    for (int n = 0; n < pairs; n++) {
        topology.paths.push_back(make_path(n));
        generator += generator_lines(topology.paths.back(), queues);
        receiver += receiver_lines(topology.paths.back());
    }
    make_namespaces(sys, journal);
    run_or_throw(sys, {"ip", "-batch", "-"}, generator, kGenerator);
    run_or_throw(sys, {"ip", "-batch", "-"}, receiver, kReceiver);
    topology.sinks = protocol_sinks(sys, kReceiver);
    for (Sink& sink : veth_sinks(sys, topology.paths)) topology.sinks.push_back(std::move(sink));
    return topology;
}

} // namespace rxlab
