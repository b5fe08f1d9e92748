// SPDX-License-Identifier: GPL-2.0
#include "campaign/shard.h"
#include "campaign/strategy.h"

#include <set>

namespace rxlab {
namespace {

class Share : public Strategy {
public:
    explicit Share(Shard shard) : shard_(shard) {}

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

std::unique_ptr<Strategy> make_share(const Json& parameters) {
    return std::make_unique<Share>(shard_from(parameters.value("shard", "")));
}

}  // namespace rxlab
