// SPDX-License-Identifier: GPL-2.0
// Where traffic flows: the generator's interfaces and the receiver's, made afresh for each trial.
#pragma once
#include "base/json.h"
#include "journal/journal.h"
#include "sys/interface.h"

#include <functional>
#include <optional>

namespace rxlab {

/// A place where packets end; conservation says that the sinks' growth equals what was sent.
struct Sink {
    std::string name;                ///< "xdp.drop", "udp.no_ports", ...
    std::function<uint64_t()> read;  ///< packets ended there so far
};

/// One generator -> receiver path.
struct Path {
    Interface generator, receiver;
    std::string generator_mac, receiver_mac, generator_ip, receiver_ip;
};

struct Topology {
    std::vector<Path> paths;  ///< none with kind "none", else at least one
    std::vector<Sink> sinks;  ///< where its kernel side ends packets: SNMP counters, interface
                              ///< drops, softnet drops
};

/// A row of kTopologies.
struct TopologyKind {
    const char* name;
    const char* summary;
    const char* schema;  ///< JSON schema of the parameters
    Topology (*make)(Sys& sys, Journal& journal, const Json& parameters);
};
extern const TopologyKind kTopologies[];
extern const size_t kTopologyCount;

}  // namespace rxlab
