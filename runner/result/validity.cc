// SPDX-License-Identifier: GPL-2.0
#include "result/result.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <map>
#include <set>

namespace rxlab {

std::vector<std::string> faults(const Observation& observation) {
    const std::vector<std::string>& expect = observation.trial.expect;
    const auto expected = [&](const std::string& name) {
        return std::find(expect.begin(), expect.end(), name) != expect.end();
    };
    std::vector<std::string> faults;
    for (const auto& [name, check] : observation.checks) {
        if (!check.ok && !expected(name))
            faults.push_back(fmt::format("{} failed: {}", name, check.detail));
        if (check.ok && expected(name))
            faults.push_back(fmt::format("{} was expected to fail, and held", name));
    }
    for (const std::string& name : expect)
        if (!observation.checks.contains(name))
            faults.push_back(fmt::format("{} was expected to fail, and was not checked", name));
    if (!observation.splats.empty() && !observation.checks.contains("no_splats") &&
        !expected("no_splats"))
        faults.push_back(fmt::format("kernel log: {}", observation.splats.front()));
    return faults;
}

bool valid(const Result& result) {
    const auto sound = [](const Observation& observation) { return faults(observation).empty(); };
    return !result.observations.empty() &&
           std::all_of(result.observations.begin(), result.observations.end(), sound);
}

std::string cell_of(const Trial& trial) {
    return Json::array({trial.arm, trial.factors}).dump();
}

void check_rounds_distinct(Result& result) {
    if (!lane_row(result.plan.lane).repeats_exactly) return;
    std::map<std::string, int> first_with;  // perturbation of an arm -> round
    for (Observation& observation : result.observations) {
        Check& check = observation.checks["rounds_distinct"];
        if (!observation.facts.contains("kernel_base") || !observation.facts.contains("phase_ns")) {
            check = {false, "the trial reported no kernel_base or no phase_ns"};
            continue;
        }
        const std::string perturbation =
            fmt::format("kernel base {}, phase {} ns", observation.facts["kernel_base"].dump(),
                        observation.facts["phase_ns"].dump());
        const auto [first, fresh] =
            first_with.emplace(cell_of(observation.trial) + perturbation, observation.trial.round);
        check = {fresh, fresh ? perturbation
                              : fmt::format("{} as in round {}", perturbation, first->second)};
    }
}

std::vector<std::string> unmoved_kernels(const Result& result) {
    if (!lane_row(result.plan.lane).repeats_exactly) return {};
    struct Met {
        std::string arm;
        std::set<uint64_t> seeds;
        std::set<std::string> bases;
    };
    std::map<std::string, Met> cells;  // values of factors may choose the kernel
    for (const Observation& observation : result.observations) {
        const Json base = observation.facts.value("kernel_base", Json());
        if (!base.is_string() || base == "") continue;  // an ordinary user's kernel hides it
        Met& met = cells[cell_of(observation.trial)];
        met.arm = observation.trial.arm;
        met.seeds.insert(observation.trial.boot_seed);
        met.bases.insert(base);
    }
    std::set<std::string> unmoved;
    for (const auto& [cell, met] : cells)
        if (met.bases.size() == 1 && met.seeds.size() > 1) unmoved.insert(met.arm);
    if (unmoved.empty()) return {};
    return {
        fmt::format("the kernel of {} lies at one address at every boot: intervals do not "
                    "speak of where code and data lie, and a few instructions may be that; "
                    "build it with CONFIG_RANDOMIZE_BASE and CONFIG_RANDOMIZE_MEMORY",
                    fmt::join(unmoved, ", "))};
}

}  // namespace rxlab
