// SPDX-License-Identifier: GPL-2.0
// many_trials RESULT.JSON TRIALS OUT.JSON: a result of at least so many trials, for measuring what
// comparing and drawing takes. Rounds of the one are repeated, each figure a little other.
#include "base/json.h"
#include "base/whole_file.h"
#include "plan/seeds.h"
#include "result/result.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace rxlab {
namespace {

Result with_trials(const Result& small, size_t count) {
    Result big = small;
    big.plan.trials.clear();
    big.plan.looks.clear();
    big.observations.clear();
    if (small.observations.empty() || small.observations.front().trial.round != 0)
        throw std::runtime_error("no trial of round 0 to begin with");
    for (int round = 0; big.observations.size() < count; round++)
        for (const Observation& one : small.observations) {
            if (one.trial.round != 0) continue;
            Observation observation = one;
            Trial& trial = observation.trial;
            trial.id = static_cast<int>(big.observations.size());
            trial.round = round;
            trial.boot_seed = derive(1, Purpose::boot, static_cast<uint64_t>(round));
            observation.facts["phase_ns"] = round;
            for (auto& [name, metric] : observation.metrics)
                metric.value *= 1 + 1e-3 * static_cast<double>(trial.boot_seed % 1000) / 1000;
            big.plan.trials.push_back(trial);
            big.observations.push_back(observation);
        }
    return big;
}

}  // namespace
}  // namespace rxlab

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: many_trials RESULT.JSON TRIALS OUT.JSON\n");
        return 2;
    }
    try {
        const rxlab::Result small =
            rxlab::result_from_json(rxlab::Json::parse(std::ifstream(argv[1])));
        const rxlab::Result big = rxlab::with_trials(small, std::strtoul(argv[2], nullptr, 10));
        rxlab::write_whole(argv[3], rxlab::to_json(big).dump(1) + "\n");
    } catch (const std::exception& error) {
        std::fprintf(stderr, "many_trials: %s\n", error.what());
        return 2;
    }
    return 0;
}
