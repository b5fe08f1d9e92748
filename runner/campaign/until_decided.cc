// SPDX-License-Identifier: GPL-2.0
// Looks at what there is after the rounds that the plan has fixed for it, and stops where all is
// decided. Each look has an error of its own (stats/looks.h), so to stop on a verdict costs nothing
// here.
#include "base/error.h"
#include "campaign/strategy.h"
#include "compare/compare.h"
#include "compare/look.h"

namespace rxlab {
namespace {

class UntilDecided : public Strategy {
public:
    explicit UntilDecided(const CompareOptions& options) : options_(options) {}

    std::vector<Trial> next(const Result& so_far) const override {
        for (const Look& look : looks_of(so_far.plan)) {
            std::vector<Trial> trials = not_yet_observed(
                so_far, [&](const Trial& trial) { return trial.round < look.rounds; });
            if (!trials.empty() || primary_decided(at_look(so_far, look), options_)) return trials;
        }
        return {};
    }

private:
    CompareOptions options_;
};

}  // namespace

std::unique_ptr<Strategy> make_until_decided(const Json& parameters) {
    const Json floor = parameters.value("floor", Json(0.0));
    if (!floor.is_number())
        throw Error(Status::usage, "strategy until_decided: \"floor\" is no number");
    return std::make_unique<UntilDecided>(CompareOptions{floor.get<double>()});
}

}  // namespace rxlab
