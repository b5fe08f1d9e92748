// SPDX-License-Identifier: GPL-2.0
#include "compare/null_floor.h"

#include "base/error.h"
#include "stats/quantile.h"

#include <fmt/format.h>
#include <cmath>

namespace rxlab {
namespace {

using Round = std::pair<int, std::map<std::string, Json>>;

std::map<Round, const Observation*> baseline_rounds(const Result& result) {
    std::map<Round, const Observation*> rounds;
    for (const Observation& observation : result.observations)
        for (const Arm& arm : result.experiment.arms)
            if (arm.baseline && arm.name == observation.trial.arm)
                rounds[{observation.trial.round, observation.trial.factors}] = &observation;
    return rounds;
}

}  // namespace

double null_floor(const Result& null, Lane lane) {
    if (null.plan.lane != lane)
        throw Error(Status::usage,
                    fmt::format("the null result is of the {} lane, not the {} lane",
                                to_string(null.plan.lane), to_string(lane)),
                    "run null-aa in that lane");
    if (!valid(null))
        throw Error(Status::usage, "the null result is not valid", "run null-aa again");
    const auto baseline = baseline_rounds(null);
    std::vector<double> differences;
    for (const Observation& observation : null.observations) {
        const auto before = baseline.find({observation.trial.round, observation.trial.factors});
        if (before == baseline.end() || before->second == &observation) continue;
        for (const std::string& name : null.experiment.primary) {
            const auto was = before->second->metrics.find(name),
                       is = observation.metrics.find(name);
            if (was != before->second->metrics.end() && is != observation.metrics.end() &&
                was->second.value > 0)
                differences.push_back(std::abs(is->second.value / was->second.value - 1));
        }
    }
    if (differences.empty())
        throw Error(Status::usage, "the null result has no arm beside its baseline",
                    "run null-aa with all its arms");
    return quantile(differences, 0.99);
}

}  // namespace rxlab
