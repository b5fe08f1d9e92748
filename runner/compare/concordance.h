// SPDX-License-Identifier: GPL-2.0
// What counted instructions say of time: the same pairs of arms in both lanes.
#pragma once
#include "result/result.h"

#include <string>
#include <vector>

namespace rxlab {

/// What a pair's order in time is to its order in instructions.
enum class Agreement {
    same,       ///< fewer instructions, less time
    other,      ///< fewer instructions, more time
    undecided,  ///< the interval in time has both
};

/// Two arms of one experiment, at the same factors. Ratios are after / before: of the medians of
/// instructions, and of time by the rounds that both arms have (Hodges-Lehmann estimate of the
/// logarithms' differences) with its interval at 95 %.
struct ConcordancePair {
    std::string experiment;
    std::vector<std::string> mechanism;  ///< of the experiment
    std::string before, after;           ///< arms and their factors
    double counted = 1;
    double timed = 1, timed_low = 1, timed_high = 1;
    Agreement agreement = Agreement::undecided;
};

/// Every pair of sound arms with numbers in both results, each once: the one that comes first in
/// the experiment is "before". Where both need as many instructions there is no order to compare.
/// @throws Error(Status::usage): they are not of one experiment, not of a lane that counts
/// instructions and of one that measures time, or too few rounds for an interval
std::vector<ConcordancePair> concordant_pairs(const Result& counted, const Result& timed);

/// Of the pairs whose instructions differ by `least` or more.
struct ConcordanceCount {
    std::string name;  ///< the experiment, or "all"
    uint64_t same = 0, other = 0, undecided = 0;
};

/// concordance.json (results/schema/concordance.schema.json).
struct Concordance {
    int schema_version = 1;
    std::string machine;                   ///< whose clock it was
    std::string counted_on, timed_on;      ///< kernels
    double least = 0.05;                   ///< a smaller difference is not asked for its order
    std::vector<ConcordanceCount> counts;  ///< all, then each experiment
    std::vector<ConcordancePair> pairs;
    std::string words;  ///< "Of 75 pairs of arms whose instructions differ by 5 % or more, ..."
};

/// Results in any order: of each experiment one of either lane. @throws Error(Status::usage)
Concordance concordance_of(const std::vector<Result>& results);

Json to_json(const Concordance& concordance);
/// @throws Error(Status::usage) naming the place in the document
Concordance concordance_from_json(const Json& json);

}  // namespace rxlab
