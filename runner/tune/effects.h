// SPDX-License-Identifier: GPL-2.0
// Which knobs of a space matter: analysis of variance of a full factorial (Montgomery, Design and
// Analysis of Experiments, ch. 5), over the first heat, in which every point took part.
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
    std::vector<std::string> knobs;  ///< one: its main effect; two: their interaction
    double share = 0;  ///< of the points' sum of squares, 0 to 1; all effects together at most 1,
                       ///< what is left is of three knobs and more
    std::vector<Level> levels;  ///< of a main effect, in the order of the knob's values
};

/// The greatest share first. @param values of each point, in the order of `points`; those without
/// one are left out, and so are their shares then no longer apart. Empty: nothing differs.
std::vector<Effect> effects_of(const Space& space, const std::vector<Point>& points,
                               const std::vector<std::optional<double>>& values);

}  // namespace rxlab
