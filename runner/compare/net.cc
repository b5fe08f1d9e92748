// SPDX-License-Identifier: GPL-2.0
#include "compare/net.h"

#include <algorithm>

namespace rxlab {
namespace {

using Round = std::pair<int, std::map<std::string, Json>>;

Round round_of(const Observation& observation) {
    return {observation.trial.round, observation.trial.factors};
}

void add_net(Metrics& metrics, const Metrics& generator, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        const auto all = metrics.find(name);
        const auto part = generator.find(name);
        if (all == metrics.end() || part == generator.end()) continue;
        Metric net = all->second;
        net.value -= part->second.value;
        metrics[std::string(kNet) + name] = net;
    }
}

}  // namespace

const Arm* generator_of(const Experiment& experiment) {
    const auto found = std::find_if(experiment.arms.begin(), experiment.arms.end(),
                                    [](const Arm& arm) { return arm.generator; });
    return found == experiment.arms.end() ? nullptr : &*found;
}

std::vector<std::string> costs_with_generator(const Experiment& experiment) {
    std::vector<std::string> names;
    for (const std::string& name : experiment.primary) {
        const std::string whole = name.starts_with(kNet) ? name.substr(kNet.size()) : name;
        if (metric_row(std::string(kNet) + whole).better != std::string_view("none"))
            names.push_back(whole);
    }
    return names;
}

Result with_net_metrics(Result result) {
    const Arm* generator = generator_of(result.experiment);
    if (!generator) return result;
    std::map<Round, Metrics> alone;
    for (const Observation& observation : result.observations)
        if (observation.trial.arm == generator->name && faults(observation).empty())
            alone[round_of(observation)] = observation.metrics;
    const std::vector<std::string> names = costs_with_generator(result.experiment);
    for (Observation& observation : result.observations)
        if (const auto found = alone.find(round_of(observation));
            found != alone.end() && observation.trial.arm != generator->name)
            add_net(observation.metrics, found->second, names);
    return result;
}

}  // namespace rxlab
