// SPDX-License-Identifier: GPL-2.0
// Did a second run give the same numbers?
#pragma once
#include "result/result.h"

namespace rxlab {

/// What differs between the observations of two runs, one line each, e.g.
/// "xdp-native round 3: instructions_per_packet 2263.5 and 2263.7". Empty: their
/// observations_sha256 are equal.
std::vector<std::string> differing(const Result& first, const Result& second);

/// What a certificate says that its runs were made of, beside the guest's own ingredients: the plan
/// with its seeds. [{"name", "from", "sha256"}]; "from" is a package with its version, or the like.
Json ingredients_of(const Result& result);

/// Which ingredients two certificates do not share, one line each, e.g.
/// "image /bin/perf: linux-perf 6.1.158-1 here, linux-perf 6.1.159-1 there".
/// @throws Error(Status::usage) where a row is none
std::vector<std::string> differing_ingredients(const Json& here, const Json& there);

/// What each arm costs, at each combination of factors: the mean over its trials of each metric
/// that counts instructions. [{"arm", "factors", "metric", "unit", "value"}], in the order of the
/// plan.
Json figures_of(const Result& result);

/// Which figures two certificates do not share, one line each, e.g.
/// "closed-port path=veth: instructions_per_packet 6072 here, 6251.5 there (+2.96 %)".
/// @throws Error(Status::usage) where a row is none
std::vector<std::string> differing_figures(const Json& here, const Json& there);

}  // namespace rxlab
