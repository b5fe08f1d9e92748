// SPDX-License-Identifier: GPL-2.0
#include "topology/namespaces.h"

#include "base/error.h"

#include <fmt/format.h>

namespace rxlab {
namespace {

std::string address_lines(const Interface& own, const std::string& ip, const std::string& peer_ip,
                          const std::string& peer_mac) {
    return fmt::format(
        "link set dev {0} arp off up\naddr add {1}/24 dev {0}\nneigh add {2} lladdr {3} nud "
        "permanent dev {0}\n",
        own.name, ip, peer_ip, peer_mac);
}

std::string moved(const Interface& end, const std::string& mac) {
    return fmt::format("link set {} address {} netns {}\n", end.name, mac, end.netns);
}

}  // namespace

Path make_path(int n, const std::string& generator, const std::string& receiver) {
    return {.generator = {kGenerator, generator},
            .receiver = {kReceiver, receiver},
            .generator_mac = fmt::format("02:00:00:00:{:02x}:01", n),
            .receiver_mac = fmt::format("02:00:00:00:{:02x}:02", n),
            .generator_ip = fmt::format("10.99.{}.1", n),
            .receiver_ip = fmt::format("10.99.{}.2", n)};
}

void make_namespaces(Sys& sys, Journal& journal) {
    for (const char* netns : {kReceiver, kGenerator}) {
        if (sys.exists(fmt::format("/run/netns/{}", netns)))
            throw Error(Status::usage, fmt::format("network namespace '{}' exists already", netns),
                        fmt::format("'rxlab restore' removes what an interrupted run left; "
                                    "otherwise 'ip netns del {}'",
                                    netns));
        journal.record({.what = fmt::format("network namespace {}", netns),
                        .argv = {"ip", "netns", "del", netns},
                        .done_if_absent = fmt::format("/run/netns/{}", netns)});
    }
    run_or_throw(sys, {"ip", "-batch", "-"},
                 fmt::format("netns add {}\nnetns add {}\n", kReceiver,
                             kGenerator));  // traffic/pktgen.cc says why in this order
    // No router solicitations and no neighbour discovery: every frame is one of ours.
    for (const char* netns : {kGenerator, kReceiver})
        sys.in_netns(netns, [&] {
            const char* ipv6 = "/proc/sys/net/ipv6/conf/default/disable_ipv6";
            if (sys.exists(ipv6)) sys.write_file(ipv6, "1");
        });
}

std::string moved_ends(const Path& path) {
    return moved(path.generator, path.generator_mac) + moved(path.receiver, path.receiver_mac);
}

std::string generator_address(const Path& path) {
    return address_lines(path.generator, path.generator_ip, path.receiver_ip, path.receiver_mac);
}
std::string receiver_address(const Path& path) {
    return address_lines(path.receiver, path.receiver_ip, path.generator_ip, path.generator_mac);
}

}  // namespace rxlab
