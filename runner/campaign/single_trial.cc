// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "campaign/strategy.h"

#include <fmt/format.h>
#include <algorithm>

namespace rxlab {
namespace {

class SingleTrial : public Strategy {
public:
    explicit SingleTrial(int id) : id_(id) {}

    std::vector<Trial> next(const Result& so_far) const override {
        const auto is_it = [this](const Trial& trial) { return trial.id == id_; };
        if (std::none_of(so_far.plan.trials.begin(), so_far.plan.trials.end(), is_it))
            throw Error(Status::usage, fmt::format("the plan has no trial {}", id_),
                        fmt::format("rxlab plan {} lists them", so_far.plan.experiment));
        return not_yet_observed(so_far, is_it);
    }

private:
    int id_;
};

}  // namespace

std::unique_ptr<Strategy> make_single_trial(const Json& parameters) {
    const Json id = parameters.value("trial", Json());
    if (!id.is_number_integer())
        throw Error(Status::usage, "strategy single_trial needs \"trial\", the id of one");
    return std::make_unique<SingleTrial>(id.get<int>());
}

}  // namespace rxlab
