// SPDX-License-Identifier: GPL-2.0
#include "campaign/race.h"
#include "campaign/strategy.h"

namespace rxlab {
namespace {

class Racing : public Strategy {
public:
    explicit Racing(Race race) : race_(std::move(race)) {}

    std::vector<Trial> next(const Result& so_far) const override {
        const Standings now = standings(so_far, race_);
        return not_yet_observed(so_far, [&](const Trial& trial) {
            return now.running.contains(trial.arm) && trial.round < now.rounds;
        });
    }

private:
    Race race_;
};

}  // namespace

std::unique_ptr<Strategy> make_racing(const Json& parameters) {
    return std::make_unique<Racing>(race_from(parameters));
}

}  // namespace rxlab
