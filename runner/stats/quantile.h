// SPDX-License-Identifier: GPL-2.0
#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace rxlab {

/// The `p`-quantile (0..1) by linear interpolation between order statistics (Hyndman and Fan 1996,
/// type 7).
/// @pre values is not empty.
double quantile(std::span<const double> values, double p);
double median(std::span<const double> values);
double mean(std::span<const double> values);
/// Sample standard deviation (n - 1). @pre at least 2 values.
double deviation(std::span<const double> values);

}  // namespace rxlab
