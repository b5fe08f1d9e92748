// SPDX-License-Identifier: GPL-2.0
// What a comparison found: comparison.json as structs (results/schema/comparison.schema.json).
#pragma once
#include "compare/verdict.h"
#include "metrics/lane.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rxlab {

/// How a change is said: "20 % fewer instructions per packet".
struct ChangeWords {
    std::string less, more, of;
};

/// One metric before and after.
struct ComparedMetric {
    std::string name, unit, better;
    std::string metric_class;  ///< MetricClass, in its word
    bool primary = false;
    std::optional<double> before, after;  ///< medians over clusters
    std::optional<double> difference, difference_low, difference_high;
    std::optional<double> ratio, ci_low, ci_high;
    std::optional<std::string> scale;  ///< of delta and mde: "ratio", or "difference" in the unit
    double confidence = 0.95;
    std::string interval_by;  ///< "signed ranks", "ranks of two samples", "Student's t"
    size_t n = 0, clusters = 0, least_clusters = 0;
    std::optional<double> mde, delta;
    Verdict verdict = Verdict::not_visible;
    std::string verdict_words;
    std::string reason;
    std::vector<double> before_values, after_values;  ///< one per cluster
    ChangeWords change_words;
};

/// One arm, at one combination of factors, against another cell.
struct ComparedArm {
    std::string arm;
    std::map<std::string, Json> factors;
    std::string label, before_label, after_label;
    Verdict verdict = Verdict::inconclusive;
    std::string verdict_words;
    std::vector<std::string> reasons, notes;
    std::vector<ComparedMetric> metrics;
};

/// What the generator costs alone, at one combination of factors: in every number but the "net."
/// ones.
struct GeneratorAlone {
    std::string label;  ///< the arm, and its factors
    std::string metric, unit;
    double value = 0;  ///< median over clusters
};

struct Comparison {
    int schema_version = 1;
    std::string experiment, question;
    Lane lane = Lane::counted;
    std::string target;
    std::string kind;  ///< "arms" or "results"
    std::string baseline;
    std::vector<std::string> mechanism;
    std::string delta_rule;
    double null_floor = 0;
    bool paired = true;
    std::vector<int> looks;  ///< rounds after which the run may end, the last among them
    int rounds = 0;          ///< of these: where it is judged
    double error = 0;        ///< that all primary comparisons share there
    std::string stopping;    ///< these in words; empty: it takes its whole plan
    std::vector<ComparedArm> comparisons;
    std::vector<GeneratorAlone> generators;  ///< none where no arm measures it
    Verdict verdict = Verdict::inconclusive;
    std::string verdict_words;
    std::string headline;
    std::vector<std::string> notes;
    std::string in_time;  ///< of a lane that counts: what such differences said of time elsewhere
    Status status = Status::inconclusive;  ///< exit status that the verdict stands for
};

/// The document: these fields, and what a reader has to know of the lane.
Json to_json(const Comparison& comparison);
/// @throws Error(Status::usage) naming the place in the document, what was expected and what is
/// there.
Comparison comparison_from_json(const Json& json);

/// "lane_facts" of the document.
Json lane_facts(Lane lane);

}  // namespace rxlab
