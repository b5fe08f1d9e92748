// SPDX-License-Identifier: GPL-2.0
// Where the kernel ends packets, read from procfs. Each packet is in one sink only;
// topology/README.md says why.
#pragma once
#include "topology/topology.h"

#include <map>

namespace rxlab {

/// Sum of some fields of one protocol in the two-line format of /proc/net/snmp and
/// /proc/net/netstat; a kernel without a field counts 0 there.
uint64_t sum_snmp(const std::string& text, const std::string& protocol,
                  const std::vector<std::string>& fields);

/// Drops of one interface in /proc/net/dev.
struct Drops {
    uint64_t received = 0, sent = 0;
};
Drops parse_drops(const std::string& net_dev, const std::string& interface);

/// One of the counters that every interface has (struct rtnl_link_stats64).
uint64_t statistic(Sys& sys, const Interface& end, const char* name);

/// UDP and IP counters of the receiver's namespace.
std::vector<Sink> protocol_sinks(Sys& sys, const std::string& netns);

/// Interface drops of veth paths, both sides.
std::vector<Sink> veth_sinks(Sys& sys, const std::vector<Path>& paths);

/// How a NIC's driver counts what it loses, where that is not as usual.
struct NicCounters {
    std::string no_buffer;        ///< name in `ethtool -S`; empty: rx_missed_errors
    bool xdp_in_dropped = false;  ///< its rx_dropped has what XDP programs drop, too
};
/// Losses between two NICs, at both ends.
std::vector<Sink> nic_sinks(Sys& sys, const Path& path, const NicCounters& counters = {});

}  // namespace rxlab
