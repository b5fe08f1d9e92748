// SPDX-License-Identifier: GPL-2.0
// Results for tests: two or more arms over rounds, every number chosen by the test.
#pragma once
#include "result/result.h"

#include <fmt/format.h>
#include <functional>

namespace rxlab {

/// The value of one trial's primary metric.
using Reading = std::function<double(const std::string& arm, int round)>;

inline Experiment test_experiment(const std::vector<std::string>& arms) {
    Experiment experiment;
    experiment.name = "drop-point";
    experiment.question = "Where should unwanted packets die?";
    experiment.file = "experiments/drop-point.json";
    experiment.text = "{}\n";
    experiment.lanes = {Lane::counted, Lane::functional, Lane::timed};
    experiment.mechanism = {"instructions"};
    experiment.topology = {{"kind", "veth"}};
    experiment.traffic = {{"kind", "pktgen"}};
    experiment.primary = {"instructions_per_packet"};
    for (const std::string& name : arms) {
        Arm arm;
        arm.name = name;
        arm.summary = name + " in one line";
        arm.baseline = experiment.arms.empty();
        experiment.arms.push_back(arm);
    }
    return experiment;
}

inline Observation test_observation(const Trial& trial, double instructions) {
    Observation observation;
    observation.trial = trial;
    observation.metrics["instructions_per_packet"] = {instructions, "instructions/packet", "lower"};
    observation.metrics["packets_sent"] = {1000, "packets", "none"};
    observation.metrics["packets_lost"] = {0, "packets", "lower"};
    observation.checks["conservation"] = {true, "sent 1000, counted 1000"};
    observation.facts = {{"kernel_base", fmt::format("0xffffffff8{:x}", trial.boot_seed)},
                         {"phase_ns", trial.round * 10}};
    observation.curves["irq.entry_to_exit"] = {
        {"unit", "instructions"}, {"edges", {1, 2, 4}}, {"counts", {3, 5}}};
    observation.wall_s = 0.5;
    observation.measured_s = 0.25;
    return observation;
}

/// Every arm of `experiment` over its rounds; the first arm is the baseline.
inline Result test_result(const Experiment& experiment, const Reading& reading,
                          Lane lane = Lane::counted, int rounds = 8) {
    Result result;
    result.experiment = experiment;
    result.plan = make_plan(
        experiment, {.lane = lane, .target = "vm", .seed = 1, .arms = {}, .rounds = rounds});
    for (const Trial& trial : result.plan.trials)
        result.observations.push_back(test_observation(trial, reading(trial.arm, trial.round)));
    result.provenance = {{"kernel", {{"release", "6.12.117"}}}};
    result.wall_s = 10;
    return result;
}

}  // namespace rxlab
