// SPDX-License-Identifier: GPL-2.0
#include "campaign/shard.h"
#include "campaign/strategy.h"

#include <set>

namespace rxlab {
namespace {

class OneShard : public Strategy {
public:
    explicit OneShard(Shard shard) : shard_(shard) {}

    std::vector<Trial> next(const Result& so_far) const override {
        std::set<int> ours;
        for (const Trial& trial : part_of(so_far.plan, shard_).trials) ours.insert(trial.id);
        return not_yet_observed(so_far,
                                [&](const Trial& trial) { return ours.contains(trial.id); });
    }

private:
    Shard shard_;
};

}  // namespace

std::unique_ptr<Strategy> make_one_shard(const Json& parameters) {
    return std::make_unique<OneShard>(shard_from(parameters.value("shard", "")));
}

}  // namespace rxlab
