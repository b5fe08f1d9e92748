// SPDX-License-Identifier: GPL-2.0
#include "base/row_named.h"
#include "campaign/strategy.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace rxlab {

// One file each.
using MakeStrategy = std::unique_ptr<Strategy>(const Json& parameters);
MakeStrategy make_whole_plan, make_one_shard, make_until_precise, make_until_decided,
    make_single_trial, make_racing;

const StrategyRow kStrategies[] = {
    {"whole_plan", "every trial of the plan, at once", make_whole_plan},
    {"one_shard", "the plan's trials of one of several machines, {\"shard\": \"2/4\"}",
     make_one_shard},
    {"until_precise",
     "round by round until each primary metric's interval is narrow enough, or the plan's end",
     make_until_precise},
    {"until_decided",
     "up to the first of the plan's looks at which each primary comparison has its verdict, or the "
     "plan's end; {\"floor\": null floor}",
     make_until_decided},
    {"single_trial", "one trial of the plan, {\"trial\": its id}", make_single_trial},
    {"racing",
     "all arms for some rounds, the best third of them until it has twice as many, until one is "
     "left; {\"metric\": what decides, \"against\": a second one, for the front of both, "
     "\"heat_rounds\": rounds of the first heat, \"guards\": {metric: factor}}",
     make_racing},
};
const size_t kStrategyCount = std::size(kStrategies);

std::unique_ptr<Strategy> make_strategy(const std::string& name, const Json& parameters) {
    return row_named(kStrategies, kStrategyCount, name, "strategy").make(parameters);
}

std::vector<Trial> not_yet_observed(const Result& so_far,
                                    const std::function<bool(const Trial&)>& wanted) {
    std::set<int> seen;
    for (const Observation& observation : so_far.observations) seen.insert(observation.trial.id);
    std::vector<Trial> trials;
    for (const Trial& trial : so_far.plan.trials)
        if (!seen.contains(trial.id) && wanted(trial)) trials.push_back(trial);
    return trials;
}

}  // namespace rxlab
