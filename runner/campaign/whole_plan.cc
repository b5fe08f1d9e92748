// SPDX-License-Identifier: GPL-2.0
#include "campaign/strategy.h"

namespace rxlab {
namespace {

class WholePlan : public Strategy {
public:
    std::vector<Trial> next(const Result& so_far) const override {
        return not_yet_observed(so_far, [](const Trial&) { return true; });
    }
};

}  // namespace

std::unique_ptr<Strategy> make_whole_plan(const Json&) {
    return std::make_unique<WholePlan>();
}

}  // namespace rxlab
