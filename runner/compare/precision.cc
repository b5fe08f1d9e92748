// SPDX-License-Identifier: GPL-2.0
#include "compare/compare.h"
#include "compare/row.h"

#include <algorithm>
#include <cmath>

namespace rxlab {
namespace {

bool row_precise_enough(const Row& row, const Rules& rules) {
    if (!row.primary || !row.hidden.empty() || !row.ratio_scale) return true;
    std::vector<double> log_ratios;
    for (size_t i = 0; i < row.before.size(); i++) log_ratios.push_back(std::log(row.after[i] / row.before[i]));
    return precise_enough(log_ratios, delta_of(row, rules) / 2);
}

}  // namespace

bool primary_precise_enough(const Result& result) {
    if (result.plan.lane != Lane::timed) return true;
    const Rules rules{to_string(result.plan.lane), result.experiment.mechanism, result.experiment.primary, 0, true};
    const std::vector<Cell> cells = cells_of(result);
    const auto is_baseline = [&](const std::string& name) {
        return std::any_of(result.experiment.arms.begin(), result.experiment.arms.end(), [&](const Arm& arm) { return arm.baseline && arm.name == name; });
    };
    for (const Cell& before : cells)
        for (const Cell& after : cells) {
            if (!is_baseline(before.arm) || is_baseline(after.arm) || before.factors != after.factors) continue;
            for (const Row& row : rows_of(before, after, rules))
                if (!row_precise_enough(row, rules)) return false;
        }
    return true;
}

}  // namespace rxlab
