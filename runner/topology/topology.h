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
    bool loss = false;               ///< for want of a buffer, a place in a queue or memory: nobody
                                     ///< meant them to end there
};

/// One generator -> receiver path.
struct Path {
    Interface generator, receiver;
    std::string generator_mac, receiver_mac, generator_ip, receiver_ip;
    bool borrowed = false;  ///< the user's own: what is set of its ends outlives the trial
};

struct Topology {
    std::vector<Path> paths;  ///< none with kind "none", else at least one
    std::vector<Sink> sinks;  ///< where its kernel side ends packets: SNMP counters, interface
                              ///< drops, softnet drops
    bool fresh_skbs = false;  ///< the receiver makes skbs of its own of what arrives, so nobody
                              ///< else holds them
    uint64_t settle_ns = 0;   ///< from a carrier until its drivers leave the link alone
};

/// What a topology needs of the machine that it is made on.
struct MachineNeeds {
    std::string board;                 ///< QEMU's; empty: any
    std::vector<std::string> devices;  ///< of the machine (runner/target/devices.h)
    std::string native_xdp = "0";      ///< the first kernel whose driver runs XDP programs itself;
                                       ///< empty: none does
    bool own_modules = false;          ///< it inserts modules of rxlab's own
};

/// A row of kTopologies.
struct TopologyKind {
    const char* name;
    const char* summary;
    const char* schema;  ///< JSON schema of the parameters
    Topology (*make)(Sys& sys, Journal& journal, const Json& parameters);
    /// What the machine has to have for these parameters; null: nothing that not every one has.
    MachineNeeds (*needs)(const Json& parameters) = nullptr;
};
extern const TopologyKind kTopologies[];
extern const size_t kTopologyCount;

}  // namespace rxlab
