// SPDX-License-Identifier: GPL-2.0
// How much of a spread is between groups (boots), and how much within them (perturbations of one
// boot)? Analysis of variance of a random effect, one way; unequal groups too (Searle, Casella,
// McCulloch, Variance Components, 1992, section 3.6).
#pragma once
#include "stats/cluster.h"

#include <optional>

namespace rxlab {

struct VarianceComponents {
    size_t groups = 0, values = 0;
    double within = 0;   ///< variance of values about their own group's mean
    double between = 0;  ///< variance of what a group's values have in common; at least 0
    double p = 1;        ///< of the F test that there is none between
    /// The variance of a mean over so many groups of so many values.
    double of_mean(double among_groups, double each) const {
        return (between + within / each) / among_groups;
    }
};

/// Nothing where there are fewer than two groups, or no group with two values.
std::optional<VarianceComponents> variance_components(const Clusters& groups);

}  // namespace rxlab
