// SPDX-License-Identifier: GPL-2.0
#include "compare/look.h"

#include "stats/looks.h"

#include <algorithm>

namespace rxlab {
namespace {

int rounds_in(const std::vector<Trial>& trials) {
    int rounds = 0;
    for (const Trial& trial : trials) rounds = std::max(rounds, trial.round + 1);
    return rounds;
}

}  // namespace

std::vector<Look> looks_of(const Plan& plan) {
    std::vector<int> rounds = plan.looks;
    rounds.push_back(rounds_in(plan.trials));
    std::vector<Look> looks;
    for (size_t i = 0; i < rounds.size(); i++)
        looks.push_back({rounds[i], i, rounds.size(), error_at(i, rounds.size())});
    return looks;
}

Look look_of(const Result& result) {
    int made = 0;
    for (const Observation& observation : result.observations)
        made = std::max(made, observation.trial.round + 1);
    return look_after(result.plan, made);
}

Look look_after(const Plan& plan, int rounds) {
    const std::vector<Look> looks = looks_of(plan);
    const auto reached = std::find_if(looks.begin(), looks.end(),
                                      [&](const Look& look) { return rounds <= look.rounds; });
    return reached == looks.end() ? looks.back() : *reached;
}

Result at_look(Result result, const Look& look) {
    std::erase_if(result.observations, [&](const Observation& observation) {
        return observation.trial.round >= look.rounds;
    });
    return result;
}

}  // namespace rxlab
