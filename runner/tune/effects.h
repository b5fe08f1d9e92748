// SPDX-License-Identifier: GPL-2.0
// Which knobs of a space matter: analysis of variance by least squares (type II sums of squares,
// which need not have every combination; Searle, Linear Models, ch. 4), over the first heat, in
// which every point took part.
#pragma once
#include "tune/space.h"

#include <optional>

namespace rxlab {

/// The mean over the points that have this value of the knob.
struct Level {
    Json value;
    double mean = 0;
    size_t points = 0;
};

struct Effect {
    std::vector<size_t> knobs;  ///< of the space; one: its main effect; two: their interaction
    /// Of the points' sum of squares, 0 to 1, less what as many parameters have of the residual by
    /// chance (epsilon squared).
    double share = 0;
    std::vector<Level> levels;  ///< of a main effect, in the order of the knob's values
};

struct Effects {
    std::vector<Effect> rows;  ///< that are not chance (F test, 1 %), the greatest share first
    /// Are there combinations enough to tell effects from chance? Else each row has its whole
    /// share.
    bool against_chance = false;
};

/// @param values of each point, in the order of `points`; those without one are left out
Effects effects_of(const Space& space, const std::vector<Point>& points,
                   const std::vector<std::optional<double>>& values);

}  // namespace rxlab
