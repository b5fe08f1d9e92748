// SPDX-License-Identifier: GPL-2.0
#include "compare/net.h"

#include <tuple>

namespace rxlab {
namespace {

/// Of an arm that is a generator: where another's observation finds what to take off.
struct Alone {
    std::string generator;
    int round;
    std::map<std::string, Json> factors;
    auto key() const { return std::tie(generator, round, factors); }
    bool operator<(const Alone& other) const { return key() < other.key(); }
};

Alone alone_in(const std::string& generator, const Trial& trial) {
    return {generator, trial.round, trial.factors};
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

const Arm* generator_of(const Experiment& experiment, const std::string& arm) {
    const Arm* of = find_arm(experiment, arm);
    std::vector<const Arm*> generators;
    for (const Arm& one : experiment.arms) {
        if (!one.generator) continue;
        if (of && machine_of(one.boot) == machine_of(of->boot)) return &one;
        generators.push_back(&one);
    }
    return generators.size() == 1 ? generators.front() : nullptr;
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
    const auto is_generator = [&](const Trial& trial) {
        const Arm* arm = find_arm(result.experiment, trial.arm);
        return arm && arm->generator;
    };
    std::map<Alone, Metrics> alone;
    for (const Observation& observation : result.observations)
        if (is_generator(observation.trial) && faults(observation).empty())
            alone[alone_in(observation.trial.arm, observation.trial)] = observation.metrics;
    const std::vector<std::string> names = costs_with_generator(result.experiment);
    for (Observation& observation : result.observations) {
        const Arm* generator = generator_of(result.experiment, observation.trial.arm);
        if (!generator || is_generator(observation.trial)) continue;
        if (const auto found = alone.find(alone_in(generator->name, observation.trial));
            found != alone.end())
            add_net(observation.metrics, found->second, names);
    }
    return result;
}

}  // namespace rxlab
