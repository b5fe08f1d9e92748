// SPDX-License-Identifier: GPL-2.0
// What a trial's attribution gives as metrics: "path.instructions_per_packet" and its like.
#pragma once
#include "attribution/share.h"
#include "result/result.h"

#include <string>

namespace rxlab {

/// What a trial's instructions were executed for.
struct Work {
    double items = 0;
    std::string item;  ///< "packet", "record", "message" or "run"
};
/// @throws Error(Status::lost): it says of nothing that it was sent
Work work_of(const Observation& observation);

/// Instructions per item of each share; what the engine in software executes is counted by itself
/// elsewhere ("engine." metrics).
Values values_of(const Stacks& stacks, const Work& work);

}  // namespace rxlab
