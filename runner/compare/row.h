// SPDX-License-Identifier: GPL-2.0
// One metric before and after, while it is judged.
#pragma once
#include "compare/cells.h"
#include "compare/comparison.h"
#include "stats/looks.h"

namespace rxlab {

/// What a row is judged by.
struct Rules {
    Lane lane = Lane::counted;
    std::vector<std::string> mechanisms;
    std::vector<std::string> primary;
    double floor = 0;             ///< null floor or A/A floor, relative
    bool paired = true;           ///< do the clusters of both sides belong together?
    double error = kFamilyError;  ///< that all ranked rows share
    size_t of = 0;  ///< comparisons that share it, where some have ended: which are left was chosen
                    ///< by what was seen, so each has its equal part of it; 0: all are here
    bool few =
        false;  ///< where ranks do not reach a confidence, Student's t serves (few_paired_shift)
};

/// Ratio scale where every value is positive, else difference scale: ln 0 is not a number.
struct Row {
    std::string name, unit, better;
    MetricClass metric_class = MetricClass::descriptive;
    bool primary = false;
    std::vector<double> before, after;  ///< one per cluster; in pairs where the rules say so
    size_t n = 0;                       ///< trials on the side that has fewer
    bool ratio_scale = false;
    std::string hidden;  ///< why it is not ranked; empty: it is

    double confidence = 0.95;
    Verdict verdict = Verdict::not_visible;
    std::string reason;  ///< why there is no better verdict
};

/// Every metric that either side has, and every primary one; primary first, in the experiment's
/// order, then by name. Not judged yet.
std::vector<Row> rows_of(const Cell& before, const Cell& after, const Rules& rules);

/// Gives the primary rows that can be ranked their confidence, by Holm's step-down over those of
/// all comparisons (5 % for the experiment as a whole), and their verdict. Other rows are reported
/// and not ranked.
void judge_rows(const std::vector<std::vector<Row>*>& comparisons, const Rules& rules);

/// The smallest difference that counts: relative on the ratio scale, in the metric's unit on the
/// difference scale.
double delta_of(const Row& row, const Rules& rules);
/// What the document says of it.
ComparedMetric compared(const Row& row, const Rules& rules);

}  // namespace rxlab
