// SPDX-License-Identifier: GPL-2.0
// An executor without a machine, for tests: every number chosen by the test, and every mishap.
#pragma once
#include "base/error.h"
#include "campaign/executor.h"
#include "result/test_result.h"

#include <algorithm>
#include <set>

namespace rxlab {

class FakeExecutor : public Executor {
public:
    explicit FakeExecutor(Reading reading) : reading_(std::move(reading)) {}

    Json machine{{"kernel", {{"release", "6.12.117"}}}};  ///< what it says it runs on
    bool backwards = false;  ///< as several workers may: in another order
    int fails_after = -1;    ///< so many trials in all are made; -1: all
    Status failure = Status::lost;
    std::string cannot;                      ///< the arm that it lacks something for
    std::function<void(Observation&)> more;  ///< adds to each observation; may be empty
    std::set<int> silent;                    ///< trials that give nothing, without a word

    std::vector<std::vector<int>> batches;  ///< ids it was asked for
    std::vector<int> made;                  ///< ids in the order they ended

    Json provenance(const Plan&) override { return machine; }

    std::string lacking(const Trial& trial) override {
        return trial.arm == cannot ? "no such device" : "";
    }

    void run(const Plan&, const std::vector<Trial>& batch, const ExecutorEvents& events) override {
        std::vector<Trial> order = batch;
        batches.emplace_back();
        for (const Trial& trial : batch) batches.back().push_back(trial.id);
        if (backwards) std::reverse(order.begin(), order.end());
        for (const Trial& trial : order) run_one(trial, events);
    }

private:
    void run_one(const Trial& trial, const ExecutorEvents& events) {
        if (static_cast<int>(made.size()) == fails_after)
            throw Error(failure, "the machine is gone", "find it");
        if (silent.contains(trial.id)) return;
        made.push_back(trial.id);
        events.note(fmt::format("note of {}", trial.id));
        events.console(fmt::format("console of {}", trial.id));
        const double value = reading_(trial.arm, trial.round);
        Observation observation = test_observation(trial, value);
        observation.metrics["ns_per_packet"] = {value, "ns/packet", "lower"};
        if (more) more(observation);
        events.observation(observation);
        events.attribution(observation, {.stacks = {{"main;poll", 100}}});
    }

    Reading reading_;
};

}  // namespace rxlab
