// SPDX-License-Identifier: GPL-2.0
// What a path costs beside its generator, which runs on the same CPU and is in every number.
#pragma once
#include "result/result.h"

namespace rxlab {

/// The arm that is the generator alone where `arm` is booted, else the only one; or null.
const Arm* generator_of(const Experiment& experiment, const std::string& arm);

/// The costs that the generator is part of: the primary metrics that are instructions or times per
/// packet, each without its "net.".
std::vector<std::string> costs_with_generator(const Experiment& experiment);

/// `result`, each observation with "net.X" for each X of costs_with_generator(): its own X less
/// that of its generator alone in the same round, at the same factors. An observation whose round
/// has no sound trial of that generator gets none.
Result with_net_metrics(Result result);

}  // namespace rxlab
