// SPDX-License-Identifier: GPL-2.0
// Stops on the width of the intervals, never on what they say: that a difference became significant
// is no reason to stop, for it would be found too often (28 % instead of 5 %).
#include "campaign/strategy.h"
#include "compare/compare.h"

#include <algorithm>

namespace rxlab {
namespace {

int rounds_begun(const Result& so_far) {
    int rounds = 0;
    for (const Observation& observation : so_far.observations)
        rounds = std::max(rounds, observation.trial.round + 1);
    return rounds;
}

class UntilPrecise : public Strategy {
public:
    /// The least number of rounds is the experiment's. A round that was begun is ended before
    /// anything is decided: else an interrupted campaign could stop where another would go on.
    std::vector<Trial> next(const Result& so_far) const override {
        const int rounds =
            std::max(rounds_begun(so_far), rounds_of(so_far.experiment.rounds, so_far.plan.lane));
        std::vector<Trial> begun = rounds_before(rounds, so_far);
        if (!begun.empty() || primary_precise_enough(so_far)) return begun;
        return rounds_before(rounds + 1, so_far);
    }

private:
    static std::vector<Trial> rounds_before(int rounds, const Result& so_far) {
        return not_yet_observed(so_far,
                                [rounds](const Trial& trial) { return trial.round < rounds; });
    }
};

}  // namespace

std::unique_ptr<Strategy> make_until_precise(const Json&) {
    return std::make_unique<UntilPrecise>();
}

}  // namespace rxlab
