// SPDX-License-Identifier: GPL-2.0
#include "change/pair.h"

#include <algorithm>

namespace rxlab {

Result pair_of(const Result& result, const std::string& before, const std::string& after) {
    Result pair = result;
    pair.experiment.arms = {arm_named(result.experiment, before),
                            arm_named(result.experiment, after)};
    pair.experiment.arms[0].baseline = true;
    pair.experiment.arms[1].baseline = false;
    const auto other = [&](const Trial& trial) {
        return trial.arm != before && trial.arm != after;
    };
    std::erase_if(pair.plan.trials, other);
    std::erase_if(pair.observations,
                  [&](const Observation& observation) { return other(observation.trial); });
    return pair;
}

}  // namespace rxlab
