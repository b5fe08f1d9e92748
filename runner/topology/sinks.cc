// SPDX-License-Identifier: GPL-2.0
#include "topology/sinks.h"

#include "base/error.h"
#include "base/lines.h"
#include "topology/driver_counters.h"

#include <fmt/format.h>
#include <algorithm>
#include <iterator>
#include <sstream>

namespace rxlab {
namespace {

constexpr const char* kSnmp = "/proc/thread-self/net/snmp";
constexpr const char* kNetstat = "/proc/thread-self/net/netstat";
constexpr const char* kDev = "/proc/thread-self/net/dev";

std::string read_in(Sys& sys, const std::string& netns, const std::string& path) {
    std::string text;
    sys.in_netns(netns, [&] { text = sys.read_file(path); });
    return text;
}

struct ProtocolSink {
    const char* name;
    const char* file;
    const char* protocol;
    std::vector<std::string> fields;
};

/// UDP InErrors contains RcvbufErrors, InCsumErrors and MemErrors; IP InHdrErrors contains
/// InCsumErrors.
const ProtocolSink kProtocolSinks[] = {
    {"udp.no_ports", kSnmp, "Udp", {"NoPorts"}},
    {"udp.in_errors", kSnmp, "Udp", {"InErrors"}},
    {"udp.delivered", kSnmp, "Udp", {"InDatagrams"}},
    {"ip.in_errors", kSnmp, "Ip", {"InHdrErrors", "InAddrErrors", "InUnknownProtos", "InDiscards"}},
    {"ip.unroutable", kNetstat, "IpExt", {"InNoRoutes", "InTruncatedPkts"}},
    {"ip.reverse_path", kNetstat, "TcpExt", {"IPReversePathFilter"}},
};

/// The line of `protocol` after `from`, split into words.
std::vector<std::string> line_of(const std::string& text, const std::string& protocol,
                                 size_t& from) {
    const std::string label = protocol + ": ";
    while (from < text.size()) {
        const size_t end = std::min(text.find('\n', from), text.size());
        const std::string line = text.substr(from, end - from);
        from = end + 1;
        if (line.starts_with(label)) return words_in(line.substr(label.size()));
    }
    throw Error(Status::invalid,
                fmt::format("no counters of {} in the kernel's SNMP table", protocol));
}

/// A frame that could not be handed over is in the sender's tx_dropped; where it was the receiver's
/// backlog or ring that was full, it is in the receiver's rx_dropped as well. What the receiver
/// dropped besides is the rest.
uint64_t received_drops(Sys& sys, const Path& path) {
    const uint64_t handover =
        parse_drops(read_in(sys, path.generator.netns, kDev), path.generator.name).sent;
    const uint64_t received =
        parse_drops(read_in(sys, path.receiver.netns, kDev), path.receiver.name).received;
    return received - std::min(received, handover);
}

uint64_t handover_drops(Sys& sys, const Path& path) {
    return parse_drops(read_in(sys, path.generator.netns, kDev), path.generator.name).sent;
}

Sink over_paths(Sys& sys, const std::vector<Path>& paths, const char* name,
                uint64_t (*read)(Sys&, const Path&), bool loss) {
    return {name,
            [&sys, paths, read] {
                uint64_t sum = 0;
                for (const Path& path : paths) sum += read(sys, path);
                return sum;
            },
            loss};
}

}  // namespace

uint64_t sum_snmp(const std::string& text, const std::string& protocol,
                  const std::vector<std::string>& fields) {
    size_t from = 0;
    const std::vector<std::string> names = line_of(text, protocol, from),
                                   values = line_of(text, protocol, from);
    uint64_t sum = 0;
    for (size_t i = 0; i < std::min(names.size(), values.size()); i++)
        if (std::find(fields.begin(), fields.end(), names[i]) != fields.end())
            sum += std::stoull(values[i]);
    return sum;
}

Drops parse_drops(const std::string& net_dev, const std::string& interface) {
    std::istringstream lines(net_dev);
    for (std::string line; std::getline(lines, line);) {
        const size_t colon = line.find(':');
        const size_t start = line.find_first_not_of(' ');
        if (colon == std::string::npos || line.substr(start, colon - start) != interface) continue;
        std::istringstream words(line.substr(colon + 1));
        const std::vector<uint64_t> fields{std::istream_iterator<uint64_t>(words), {}};
        if (fields.size() > 11) return {fields[3], fields[11]};
    }
    throw Error(Status::invalid, fmt::format("no interface {} in /proc/net/dev", interface));
}

uint64_t statistic(Sys& sys, const Interface& end, const char* name) {
    const std::string text =
        read_in(sys, end.netns, fmt::format("/sys/class/net/{}/statistics/{}", end.name, name));
    return std::stoull(text);
}

std::vector<Sink> protocol_sinks(Sys& sys, const std::string& netns) {
    std::vector<Sink> sinks;
    for (const ProtocolSink& row : kProtocolSinks)
        sinks.push_back({row.name, [&sys, netns, &row] {
                             return sum_snmp(read_in(sys, netns, row.file), row.protocol,
                                             row.fields);
                         }});
    return sinks;
}

std::vector<Sink> veth_sinks(Sys& sys, const std::vector<Path>& paths) {
    // What the receiver dropped besides may be what a program was to drop.
    return {over_paths(sys, paths, "veth.not_handed_over", handover_drops, true),
            over_paths(sys, paths, "veth.rx_dropped", received_drops, false)};
}

std::vector<Sink> nic_sinks(Sys& sys, const Path& path, const NicCounters& counters) {
    const auto no_buffer = [&sys, end = path.receiver, name = counters.no_buffer] {
        return name.empty() ? statistic(sys, end, "rx_missed_errors")
                            : driver_counters(sys, end, {name});
    };
    const auto dropped = [&sys, end = path.receiver, xdp = counters.xdp_in_dropped] {
        return statistic(sys, end, "rx_dropped") - (xdp ? driver_xdp_ends(sys, end).drops : 0);
    };
    return {{"nic.not_sent",
             [&sys, end = path.generator] { return statistic(sys, end, "tx_dropped"); }, true},
            {"nic.no_buffer", no_buffer, true},
            {"nic.rx_dropped", dropped, true}};
}

}  // namespace rxlab
