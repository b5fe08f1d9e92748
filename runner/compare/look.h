// SPDX-License-Identifier: GPL-2.0
// Where a run stands whose plan may end before its last round (Plan::looks).
#pragma once
#include "result/result.h"

namespace rxlab {

/// The look at which a result is judged: the one it was made for, at the latest.
struct Look {
    int rounds = 0;             ///< that it needs
    size_t number = 0, of = 1;  ///< from 0; how many the plan has, its last round among them
    double error = 0;           ///< the share of the family's error that it may spend
    bool early() const { return number + 1 < of; }
};
Look look_of(const Result& result);
/// The look of which a run of so many rounds, from the first on, has all.
Look look_after(const Plan& plan, int rounds);

/// The result as it was at this look: without the trials of later rounds.
Result at_look(Result result, const Look& look);

/// All looks of a plan, its last round among them.
std::vector<Look> looks_of(const Plan& plan);

}  // namespace rxlab
