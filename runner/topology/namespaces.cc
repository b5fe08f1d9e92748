// SPDX-License-Identifier: GPL-2.0
#include "topology/namespaces.h"

#include "base/error.h"

#include <fmt/format.h>

namespace rxlab {
namespace {

constexpr uint64_t kSecond = 1'000'000'000, kLook = 10'000'000;  // ns
constexpr uint64_t kPatience = 20 * kSecond;  // a link is negotiated in less than 5

std::string neighbour_line(const Interface& own, const std::string& peer_ip,
                           const std::string& peer_mac) {
    return fmt::format("neigh add {} lladdr {} nud permanent dev {}\n", peer_ip, peer_mac,
                       own.name);
}

std::string address_lines(const Interface& own, const std::string& ip, const std::string& peer_ip,
                          const std::string& peer_mac, Arp arp) {
    return fmt::format("link set dev {0}{1} up\naddr add {2}/24 dev {0}\n{3}", own.name,
                       arp == Arp::off ? " arp off" : "", ip,
                       neighbour_line(own, peer_ip, peer_mac));
}

std::string moved(const Interface& end, const std::string& mac) {
    return fmt::format("link set {} address {} netns {}\n", end.name, mac, end.netns);
}

std::string link_file(Sys& sys, const Interface& end, const char* file) {
    std::string text;
    sys.in_netns(end.netns, [&] {
        text = sys.read_file(fmt::format("/sys/class/net/{}/{}", end.name, file));
    });
    return text;
}

bool has_link(Sys& sys, const Interface& end) {
    return link_file(sys, end, "carrier").starts_with("1") &&
           !link_file(sys, end, "operstate").starts_with("down");
}

/// By the machine's own clock, so that in a counted guest the same instruction is next.
void await_link(Sys& sys, const Interface& end, const std::string& next) {
    const uint64_t until = sys.now_ns() + kPatience;
    while (!has_link(sys, end)) {
        if (sys.now_ns() > until)
            throw Error(Status::invalid,
                        fmt::format("{} has no link after {} s", end.name, kPatience / kSecond),
                        next);
        sys.sleep_ns(kLook);
    }
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

std::string generator_address(const Path& path, Arp arp) {
    return address_lines(path.generator, path.generator_ip, path.receiver_ip, path.receiver_mac,
                         arp);
}
std::string receiver_address(const Path& path, Arp arp) {
    return address_lines(path.receiver, path.receiver_ip, path.generator_ip, path.generator_mac,
                         arp);
}

/// What is closed keeps its IPv4 address and forgets its neighbours.
std::string reopened_receiver(const Path& path) {
    const Interface& own = path.receiver;
    return fmt::format("link set dev {0} down\nlink set dev {0} up\n{1}", own.name,
                       neighbour_line(own, path.generator_ip, path.generator_mac));
}

std::string knob_object(const Interface& end, const std::string& rest) {
    const std::string place = end.netns == kGenerator  ? "@gen:"
                              : end.netns == kReceiver ? "@dut:"
                                                       : "";
    return fmt::format("{}{}/{}", place, end.name, rest);
}

void await_links(Sys& sys, const Path& path, const std::string& next) {
    for (const Interface& end : {path.generator, path.receiver}) await_link(sys, end, next);
}

void await_settled(Sys& sys, const Path& path, uint64_t settle_ns, const std::string& next) {
    await_links(sys, path, next);
    if (!settle_ns) return;
    sys.sleep_ns(settle_ns);
    await_links(sys, path, next);
}

}  // namespace rxlab
