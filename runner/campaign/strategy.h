// SPDX-License-Identifier: GPL-2.0
// Which trials come next, given the observations so far.
#pragma once
#include "result/result.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rxlab {

/// Pure and without memory: the same observations give the same trials, whoever made them, in
/// whatever order, and however often the campaign was interrupted between them.
class Strategy {
public:
    virtual ~Strategy() = default;
    /// The trials to run now; none: the campaign is done. `so_far` holds the whole plan, and the
    /// observations ordered by trial.
    virtual std::vector<Trial> next(const Result& so_far) const = 0;
};

struct StrategyRow {
    const char* name;
    const char* summary;
    /// @throws Error(Status::usage): a parameter is missing or wrong.
    std::unique_ptr<Strategy> (*make)(const Json& parameters);
};
extern const StrategyRow kStrategies[];
extern const size_t kStrategyCount;

/// @throws Error(Status::usage) with the nearest name.
std::unique_ptr<Strategy> make_strategy(const std::string& name,
                                        const Json& parameters = Json::object());

/// The plan's trials that are wanted and were not observed yet, in the plan's order.
std::vector<Trial> not_yet_observed(const Result& so_far,
                                    const std::function<bool(const Trial&)>& wanted);

}  // namespace rxlab
