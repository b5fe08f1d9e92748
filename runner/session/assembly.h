// SPDX-License-Identifier: GPL-2.0
// A trial put together: topology, setups, knobs and traffic, found in their tables.
#pragma once
#include "base/error.h"
#include "base/nearest.h"
#include "plan/plan.h"
#include "session/journal.h"
#include "setup/setup.h"
#include "traffic/traffic.h"

#include <fmt/format.h>

namespace rxlab {

struct Assembly {
    Topology topology;
    std::vector<std::unique_ptr<Applied>> applied;
    std::unique_ptr<Traffic> traffic;
    std::vector<Sink> sinks; ///< of the topology and of every setup
    uint64_t packets = 0, warmup_packets = 0;
    Interfaces receivers() const;
};

/// Applies everything, in this order. `interface`: the user's own pair GEN:DUT instead of a topology, or empty.
Assembly assemble(Sys& sys, Journal& journal, const Trial& trial, const std::string& interface);

/// The topology, with the pair `interface` in its place when that is not empty. Changes nothing for a pair.
Topology make_topology(Sys& sys, Journal& journal, const Trial& trial, const std::string& interface);

/// Each of a kind's parameters: one object, or an array of them.
std::vector<Json> repetitions(const Json& value);

/// A knob's value as it is written.
std::string knob_text(const Json& value);

/// @throws Error(Status::usage) with the nearest name.
template <typename Row> const Row& row_named(const Row* rows, size_t count, const std::string& name, const char* what) {
    std::vector<std::string> known;
    for (size_t i = 0; i < count; i++) {
        if (name == rows[i].name) return rows[i];
        known.emplace_back(rows[i].name);
    }
    const std::string guess = nearest(name, known);
    throw Error(Status::usage, fmt::format("no {} '{}'", what, name), guess.empty() ? "" : fmt::format("did you mean '{}'?", guess));
}

} // namespace rxlab
