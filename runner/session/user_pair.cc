// SPDX-License-Identifier: GPL-2.0
#include "session/user_pair.h"

#include "base/error.h"
#include "base/json.h"
#include "base/names.h"
#include "session/moved_pair.h"
#include "topology/namespaces.h"
#include "topology/sinks.h"

#include <fmt/format.h>
#include <net/if.h>
#include <algorithm>
#include <cstdlib>
#include <utility>

namespace rxlab {
namespace {

[[noreturn]] void refuse(const std::string& fact, const std::string& next) {
    throw Error(Status::usage, fact, next);
}

/// As somebody set it. Its link may be negotiated just now, after the trial before: that is
/// awaited.
bool is_up(Sys& sys, const std::string& folder) {
    return std::strtoul(sys.read_file(folder + "/flags").c_str(), nullptr, 16) & IFF_UP;
}

void require_up(Sys& sys, const std::string& name) {
    const std::string folder = "/sys/class/net/" + name;
    require_interface_name(name);
    if (!sys.exists(folder))
        refuse(fmt::format("no interface '{}'", name),
               "--interface GEN:DUT; ip link shows what there is");
    if (!is_up(sys, folder))
        refuse(fmt::format("interface '{}' is down", name), fmt::format("ip link set {} up", name));
}

void require_no_loopback(Sys& sys, const std::string& name) {
    if (sys.read_file("/sys/class/net/" + name + "/type") == "772\n")  // ARPHRD_LOOPBACK
        refuse(fmt::format("interface '{}' is the loopback", name),
               "two interfaces that are joined");
}

Json array_of(Sys& sys, const std::vector<std::string>& argv) {
    const Json answer = Json::parse(run_or_throw(sys, argv), nullptr, false);
    if (!answer.is_array())
        throw Error(Status::invalid, fmt::format("{} {} said no JSON array", argv[0], argv[2]));
    return answer;
}

/// What stands on top of an interface: a VLAN, a macvlan, a tunnel. Empty: nothing.
std::string upper_of(Sys& sys, const std::string& name) {
    const std::string prefix = "upper_";
    for (const std::string& file : sys.list("/sys/class/net/" + name))
        if (file.starts_with(prefix)) return file.substr(prefix.size());
    return "";
}

/// An address that the kernel did not give by itself; empty: none. It gives one, IPv6's link-local
/// one, and newer kernels and iproute2 say which that is.
std::string address_of(const Json& link) {
    const Json addresses = link.value("addr_info", Json::array());
    bool own_seen = std::any_of(addresses.begin(), addresses.end(),
                                [](const Json& address) { return address.contains("protocol"); });
    for (const Json& address : addresses) {
        const bool link_local =
            address.value("family", "") == "inet6" && address.value("scope", "") == "link";
        if (link_local && address.value("protocol", "") == "kernel_ll") continue;
        if (link_local && !std::exchange(own_seen, true)) continue;
        return address.value("local", "?");
    }
    return "";
}

/// Older kernels do not say that IPv6's multicast route is theirs.
bool is_kernel_s(const Json& route) {
    return route.value("protocol", "") == "kernel" ||
           (route.value("table", "") == "local" && route.value("dst", "") == "ff00::/8");
}

/// Why the machine itself needs this interface; empty: it does not. What comes by itself is no use:
/// a link-local address of IPv6, the kernel's routes, the qdisc that every interface has.
std::string use_of(Sys& sys, const std::string& name) {
    const Json link = array_of(sys, {"ip", "-j", "address", "show", "dev", name}).at(0);
    if (link.contains("master")) return "belongs to " + link["master"].get<std::string>();
    if (const std::string upper = upper_of(sys, name); !upper.empty()) return "carries " + upper;
    if (const std::string address = address_of(link); !address.empty())
        return "has the address " + address;
    for (const char* family : {"-4", "-6"})
        for (const Json& route :
             array_of(sys, {"ip", "-j", family, "route", "show", "table", "all", "dev", name}))
            if (const std::string to = route.value("dst", ""); to == "default")
                return "has the default route";
            else if (!is_kernel_s(route))
                return "has a route to " + to;
    for (const Json& neighbour :
         array_of(sys, {"ip", "-j", "neigh", "show", "dev", name, "nud", "permanent"}))
        return "has the permanent neighbour " + neighbour.value("dst", "?");
    for (const Json& qdisc : array_of(sys, {"tc", "-j", "qdisc", "show", "dev", name}))
        if (qdisc.value("handle", "0:") != "0:")
            return "has a qdisc of its own, " + qdisc.value("kind", "?");
    return "";
}

void require_unused(Sys& sys, const std::string& name) {
    if (const std::string use = use_of(sys, name); !use.empty())
        refuse(fmt::format("interface '{}' {}: this machine uses it", name, use),
               "a pair that nothing else uses, or --force: it stays where it is, and traffic and "
               "filters of the trial are on it then");
}

/// A port, and no interface that the kernel made of nothing.
bool has_hardware(Sys& sys, const Interface& end) {
    return sys.exists(fmt::format("/sys/class/net/{}/device", end.name));
}

std::string mac_of(Sys& sys, const std::string& name) {
    const std::string mac = sys.read_file("/sys/class/net/" + name + "/address");
    return mac.substr(0, mac.find('\n'));
}

}  // namespace

PairNames names_in(const std::string& pair) {
    const size_t colon = pair.find(':');
    if (colon == std::string::npos)
        refuse(
            fmt::format("--interface {}: expected two interfaces that are joined, GEN:DUT", pair),
            "--interface eth1:eth2 sends from eth1 and measures eth2");
    return {pair.substr(0, colon), pair.substr(colon + 1)};
}

/// Addresses are those that RFC 2544 sets aside for benchmarks.
Topology user_interfaces(Sys& sys, Journal& journal, const UserPair& pair) {
    const PairNames ends = names_in(pair.names);
    const Interface generator{"", ends.generator}, receiver{"", ends.receiver};
    if (generator.name == receiver.name)
        refuse(fmt::format("--interface {}: both ends are one interface", pair.names),
               "--interface eth1:eth2 sends from eth1 and measures eth2");
    const std::vector<std::string> names{generator.name, receiver.name};
    for (const std::string& name : names) require_up(sys, name);
    for (const std::string& name : names) require_no_loopback(sys, name);
    if (!pair.force)
        for (const std::string& name : names) require_unused(sys, name);
    const bool hardware = has_hardware(sys, receiver);
    Path path{
        generator,        receiver,     mac_of(sys, generator.name), mac_of(sys, receiver.name),
        "198.18.0.1",     "198.18.0.2",
        /*borrowed=*/true};
    if (pair.force)
        await_links(sys, path, "the cable between them");
    else
        path = move_apart(sys, journal, path);
    Topology topology;
    topology.paths.push_back(path);
    topology.sinks = protocol_sinks(sys, path.receiver.netns);
    topology.fresh_skbs = hardware;
    for (Sink& sink : topology.fresh_skbs ? nic_sinks(sys, path) : veth_sinks(sys, topology.paths))
        topology.sinks.push_back(std::move(sink));
    return topology;
}

}  // namespace rxlab
