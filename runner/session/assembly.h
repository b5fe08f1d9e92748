// SPDX-License-Identifier: GPL-2.0
// A trial put together: topology, setups, knobs and traffic, found in their tables.
#pragma once
#include "journal/journal.h"
#include "plan/plan.h"
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

/// Applies everything, in this order. `interface`: the user's own pair GEN:DUT instead of a
/// topology, or empty.
Assembly assemble(Sys& sys, Journal& journal, const Trial& trial, const std::string& interface);

/// The topology, with the pair `interface` in its place when that is not empty. Changes nothing for
/// a pair.
Topology make_topology(Sys& sys, Journal& journal, const Trial& trial,
                       const std::string& interface);

/// @throws Error(Status::usage) for a word that is none of its kinds.
const TrafficKind& traffic_kind(const Trial& trial);

/// Each of a kind's parameters: one object, or an array of them.
std::vector<Json> repetitions(const Json& value);

/// Programs that its collectors and observers run and not every guest has: rows of vm/manifest.
std::set<std::string> extra_tools(const Trial& trial);

/// A knob's value as it is written.
std::string knob_text(const Json& value);

}  // namespace rxlab
