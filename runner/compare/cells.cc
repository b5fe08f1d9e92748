// SPDX-License-Identifier: GPL-2.0
#include "compare/cells.h"

#include "base/error.h"
#include "compare/look.h"
#include "experiment/resolve.h"

#include <fmt/format.h>
#include <algorithm>

namespace rxlab {
namespace {

Cell& cell_for(std::vector<Cell>& cells, const Trial& trial) {
    if (const Cell* cell = find_cell(cells, trial.arm, trial.factors))
        return const_cast<Cell&>(*cell);
    return cells.emplace_back(Cell{trial.arm, trial.factors, {}, 0});
}

/// Its arm's place in the experiment, then those of its factors' values.
std::vector<size_t> place_of(const Experiment& experiment, const Cell& cell) {
    const auto arm = std::find_if(experiment.arms.begin(), experiment.arms.end(),
                                  [&](const Arm& a) { return a.name == cell.arm; });
    std::vector<size_t> place{static_cast<size_t>(arm - experiment.arms.begin())};
    for (const Factor& factor : experiment.factors)
        if (const auto value = cell.factors.find(factor.name); value != cell.factors.end())
            place.push_back(static_cast<size_t>(
                std::find(factor.values.begin(), factor.values.end(), value->second) -
                factor.values.begin()));
    return place;
}

}  // namespace

const Arm& baseline_of(const Experiment& experiment) {
    for (const Arm& arm : experiment.arms)
        if (arm.baseline) return arm;
    throw Error(Status::usage, fmt::format("{}: expected one arm with \"baseline\": true, got none",
                                           experiment.name));
}

const Cell* find_cell(const std::vector<Cell>& cells, const std::string& arm,
                      const std::map<std::string, Json>& factors) {
    for (const Cell& cell : cells)
        if (cell.arm == arm && cell.factors == factors) return &cell;
    return nullptr;
}

std::vector<Cell> cells_of(const Result& result) {
    return cells_of(result, look_of(result).rounds);
}

std::vector<Cell> cells_of(const Result& result, int rounds) {
    std::vector<Cell> cells;
    for (const Trial& trial : result.plan.trials)
        cell_for(cells, trial).planned += trial.round < rounds;
    for (const Observation& observation : result.observations)
        if (observation.trial.round < rounds)
            cell_for(cells, observation.trial).observations.push_back(&observation);
    std::stable_sort(cells.begin(), cells.end(), [&](const Cell& a, const Cell& b) {
        return place_of(result.experiment, a) < place_of(result.experiment, b);
    });
    return cells;
}

std::vector<CellPair> compared_cells(const Experiment& experiment, const std::vector<Cell>& cells) {
    const std::string& baseline = baseline_of(experiment).name;
    std::vector<CellPair> pairs;
    for (const Cell& cell : cells) {
        if (!is_compared(experiment, cell.arm)) continue;
        const Cell* before = find_cell(cells, baseline, cell.factors);
        pairs.push_back({before ? *before : Cell{baseline, cell.factors, {}, 0}, cell});
    }
    return pairs;
}

uint64_t cluster_of(const Trial& trial) {
    if (lane_row(trial.lane).phases)
        return trial.boot_seed - static_cast<uint64_t>(trial.boot.seed_offset);
    return static_cast<uint64_t>(trial.round);
}

Clusters clusters_of(const Cell& cell, const std::string& metric) {
    Clusters clusters;
    for (const Observation* observation : cell.observations)
        if (const auto found = observation->metrics.find(metric);
            found != observation->metrics.end())
            clusters[cluster_of(observation->trial)].push_back(found->second.value);
    return clusters;
}

std::string name_of(const Cell& cell) {
    std::string name = cell.arm;
    const char* before = " at ";
    for (const auto& [factor, value] : cell.factors) {
        name += fmt::format("{}{}={}", before, factor, value_text(value));
        before = " ";
    }
    return name;
}

std::vector<std::string> faults_of(const Cell& cell) {
    if (cell.observations.empty())
        return {fmt::format("{}: none of {} trials finished", name_of(cell), cell.planned)};
    std::map<std::string, int> counts;  // by the fault's name, so that details do not make it many
    std::map<std::string, std::string> first;
    for (const Observation* observation : cell.observations)
        for (const std::string& fault : faults(*observation)) {
            const std::string name = fault.substr(0, fault.find(':'));
            counts[name]++;
            first.emplace(name, fault);
        }
    std::vector<std::string> lines;
    for (const auto& [name, count] : counts)
        lines.push_back(fmt::format("{}: {} of {} trials: {}", name_of(cell), count,
                                    cell.observations.size(), first.at(name)));
    return lines;
}

}  // namespace rxlab
