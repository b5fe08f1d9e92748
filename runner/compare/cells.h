// SPDX-License-Identifier: GPL-2.0
// A cell is one arm at one combination of factors: the trials that are repetitions of each other.
#pragma once
#include "result/result.h"
#include "stats/cluster.h"

namespace rxlab {

struct Cell {
    std::string arm;
    std::map<std::string, Json> factors;
    std::vector<const Observation*> observations;  ///< finished ones, pointing into the Result
    size_t planned = 0;
};

/// The arm that the others are compared with. @throws Error(Status::usage): there is none.
const Arm& baseline_of(const Experiment& experiment);
/// Every cell of the plan, arms and factors' values in the experiment's order. @pre `result`
/// outlives them.
std::vector<Cell> cells_of(const Result& result);
/// Likewise, as they were when so many rounds had been made.
std::vector<Cell> cells_of(const Result& result, int rounds);
/// The cell of that arm and those factors, or null.
const Cell* find_cell(const std::vector<Cell>& cells, const std::string& arm,
                      const std::map<std::string, Json>& factors);

/// What tells a cell from the others.
using CellName = std::pair<std::string, std::map<std::string, Json>>;  // arm, factors

/// An arm beside the baseline at the same factors; that is without trials where the plan has none.
struct CellPair {
    Cell before, after;
};
/// Every arm that is compared, in the order of `cells`, which are cells_of() a result.
std::vector<CellPair> compared_cells(const Experiment& experiment, const std::vector<Cell>& cells);

/// What repeats independently: the round's boot seed where phases are nested in it (an arm's own
/// offset to it taken off), else the round.
uint64_t cluster_of(const Trial& trial);
/// The values of a metric; clusters without one are left out.
Clusters clusters_of(const Cell& cell, const std::string& metric);

/// "native", or "native at budget=16 usecs=2000"; a value that is an object goes by its "name" if
/// it has one.
std::string name_of(const Cell& cell);
/// "2 of 8 trials: conservation failed: ...", one line per different fault; a cell without trials
/// has one too.
std::vector<std::string> faults_of(const Cell& cell);

}  // namespace rxlab
