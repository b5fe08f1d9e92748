// SPDX-License-Identifier: GPL-2.0
#include "campaign/replay.h"

#include "base/error.h"

#include <fmt/format.h>
#include <map>

namespace rxlab {

Result replayed(const Result& whole, const Strategy& strategy) {
    std::map<int, const Observation*> known, asked;
    for (const Observation& observation : whole.observations)
        known[observation.trial.id] = &observation;
    Result so_far = whole;
    so_far.observations.clear();
    for (std::vector<Trial> batch; !(batch = strategy.next(so_far)).empty();) {
        for (const Trial& trial : batch) {
            const auto found = known.find(trial.id);
            if (found == known.end())
                throw Error(Status::invalid, fmt::format("trial {} was not observed", trial.id),
                            "only a run of all trials can be looked at so");
            asked.insert(*found);
        }
        so_far.observations.clear();
        for (const auto& [id, observation] : asked) so_far.observations.push_back(*observation);
    }
    return so_far;
}

}  // namespace rxlab
