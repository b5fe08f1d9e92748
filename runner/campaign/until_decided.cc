// SPDX-License-Identifier: GPL-2.0
// Looks at what there is after the rounds that the plan has fixed for it, and stops where all is
// decided; or goes on with what is not decided only ("each"). Each look has an error of its own
// (stats/looks.h), so to stop on a verdict costs nothing here.
#include "base/error.h"
#include "campaign/strategy.h"
#include "compare/compare.h"
#include "compare/look.h"

#include <optional>
#include <set>

namespace rxlab {
namespace {

class UntilDecided : public Strategy {
public:
    UntilDecided(const CompareOptions& options, bool each) : options_(options), each_(each) {}

    std::vector<Trial> next(const Result& so_far) const override {
        std::optional<std::set<CellName>> wanted;  // none: all
        for (const Look& look : looks_of(so_far.plan)) {
            std::vector<Trial> trials = not_yet_observed(so_far, [&](const Trial& trial) {
                return trial.round < look.rounds &&
                       (!wanted || wanted->contains({trial.arm, trial.factors}));
            });
            if (!trials.empty()) return trials;
            std::set<CellName> undecided = undecided_cells(at_look(so_far, look), options_);
            if (undecided.empty()) return {};
            if (each_) wanted = std::move(undecided);
        }
        return {};
    }

private:
    CompareOptions options_;
    bool each_;
};

}  // namespace

std::unique_ptr<Strategy> make_until_decided(const Json& parameters) {
    const Json floor = parameters.value("floor", Json(0.0));
    if (!floor.is_number())
        throw Error(Status::usage, "strategy until_decided: \"floor\" is no number");
    const Json each = parameters.value("each", Json(false));
    if (!each.is_boolean())
        throw Error(Status::usage, "strategy until_decided: \"each\" is neither true nor false");
    return std::make_unique<UntilDecided>(CompareOptions{floor.get<double>()}, each.get<bool>());
}

}  // namespace rxlab
