// SPDX-License-Identifier: GPL-2.0
// What a run of a program cost, by what it had the kernel do, over some boots; and what of that
// another program, or another kernel, changed. Pure.
#pragma once
#include "attribution/system_calls.h"
#include "base/json.h"
#include "change/document.h"

#include <map>
#include <string>
#include <vector>

namespace rxlab {

/// Of all rounds; the same in each where `low` is `high`.
struct Figure {
    double mean = 0, low = 0, high = 0;
    bool same() const { return low == high; }
};

struct CauseCost {
    Cause cause;
    Figure calls, instructions;
    std::map<std::string, double> functions;  ///< function -> its own instructions, the mean

    double per_call() const { return calls.mean > 0 ? instructions.mean / calls.mean : 0; }
};

struct ProgramCost {
    std::vector<CauseCost> causes;  ///< the most instructions first
    Figure kernel, user;            ///< instructions; idling is in neither

    /// Was all the same in every round? A program that reads the clock, or numbers by chance, may
    /// do otherwise each time.
    bool repeats() const;
};

/// @param rounds a run each, at least one
ProgramCost program_cost(const std::vector<Executed>& rounds);

struct CauseChange {
    Cause cause;
    CauseCost before, after;  ///< nothing where it did not happen
    Figure difference;        ///< of instructions, round by round
};

struct ProgramChange {
    std::vector<CauseChange> causes;  ///< those that differ, the most first
    Figure kernel, user, all;         ///< differences of instructions, round by round
    Differences functions;            ///< the mean, and of each function what rounds have

    /// Whatever all rounds agree on; figures are exact, so any difference is one.
    Verdict verdict() const;
};

/// @param before, after as many rounds of either, from the same seeds
ProgramChange program_change(const std::vector<Executed>& before,
                             const std::vector<Executed>& after);

Json to_json(const ProgramCost& cost);
Json to_json(const ProgramChange& change);

}  // namespace rxlab
