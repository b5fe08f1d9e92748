// SPDX-License-Identifier: GPL-2.0
// Where the spread of a result comes from: from boot to boot, or from phase to phase of one boot.
#pragma once
#include "compare/compare.h"
#include "stats/variance.h"

namespace rxlab {

/// Of one arm against the baseline, in one metric: of ln ratios where all values are positive, else
/// of differences. The values of a round belong together.
struct SpreadRow {
    std::string arm, metric;
    bool ratio_scale = true;
    VarianceComponents components;
    /// May phases stand for boots? Where boots have something of their own (p < 0.05), more phases
    /// of few boots would make an interval that is too narrow.
    bool boots_must_stay() const { return components.p < 0.05; }
};

/// Of the primary metrics that the lane ranks; those without two phases in some boot are not there.
std::vector<SpreadRow> spread_of(const Result& measured);

std::string text_table(const std::vector<SpreadRow>& rows);
Json to_json(const SpreadRow& row);

}  // namespace rxlab
