// SPDX-License-Identifier: GPL-2.0
// A trial put together: topology, setups, knobs and traffic, found in their tables.
#pragma once
#include "journal/journal.h"
#include "plan/plan.h"
#include "session/user_pair.h"
#include "setup/setup.h"
#include "traffic/traffic.h"

#include <set>

namespace rxlab {

struct Assembly {
    Topology topology;
    std::vector<std::unique_ptr<Applied>> applied;
    std::unique_ptr<Traffic> traffic;
    std::vector<Sink> sinks;  ///< of the topology and of every setup
    std::string item;         ///< what the traffic consists of
    uint64_t packets = 0, warmup_packets = 0;
    Interfaces receivers() const;
};

/// Applies everything, in this order. `pair`: the user's own interfaces instead of a topology, or
/// none.
Assembly assemble(Sys& sys, Journal& journal, const Trial& trial, const UserPair& pair);

/// The topology, or the user's own pair in its place. Changes nothing for a pair.
Topology make_topology(Sys& sys, Journal& journal, const Trial& trial, const UserPair& pair);

/// @throws Error(Status::usage) for a word that is none of its kinds.
const TrafficKind& traffic_kind(const Trial& trial);

/// What its traffic and its set-ups need of this machine's files in a guest.
std::vector<GuestFile> guest_files_of(const Trial& trial);

/// What its topology needs of the machine.
MachineNeeds machine_needs(const Trial& trial);

/// Each of a kind's parameters: one object, or an array of them.
std::vector<Json> repetitions(const Json& value);

/// Programs that its collectors and observers run while it measures: rows of vm/manifest.
std::set<std::string> observing_programs(const Trial& trial);

/// These, and what its set-ups and knobs run that not every guest has.
std::set<std::string> extra_tools(const Trial& trial);

/// Its knobs and their values, by the names that they have where its traffic flows: "@dut" is the
/// interface that receives on the first path, "@gen" the one that sends.
std::vector<std::pair<std::string, std::string>> knobs_of(const Trial& trial,
                                                          const Topology& topology);

}  // namespace rxlab
