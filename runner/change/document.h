// SPDX-License-Identifier: GPL-2.0
// diff.json: what one subject changed against another, path by path and function by function. Pure.
#pragma once
#include "change/contrast.h"
#include "change/difference.h"
#include "compare/comparison.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rxlab {

/// One round of a path: a trial of either subject, from the same seeds.
struct RoundStacks {
    Stacks before, after;
    double before_items = 0, after_items = 0;  ///< packets, or records
};

struct PathChange {
    std::string experiment, path;
    ComparedMetric metric;            ///< what decides
    std::vector<std::string> faults;  ///< checks that failed; a path that has one has no verdict
    Differences found;  ///< over all rounds: the mean, and of each function what rounds have
};

/// The mean of all rounds, and of each function what rounds have. @param rounds at least one
Differences differences_over(const std::vector<RoundStacks>& rounds);

/// @param metric of this path, compared; @param rounds at least one
PathChange path_change(std::string experiment, std::string path, ComparedMetric metric,
                       const std::vector<RoundStacks>& rounds);

/// The functions of the path's own share that make up most of its difference, the greatest first.
std::vector<std::string> causes_of(const PathChange& path);

/// Gives each function its source: `after`'s, or `before`'s where it vanished.
using PlaceOf = std::function<std::optional<SourcePlace>(const std::string& function)>;
void add_sources(Differences& found, const PlaceOf& before, const PlaceOf& after);

/// Better, worse or invalid: what is told of first.
bool is_told(Verdict verdict);
bool is_told(const PathChange& path);

struct Diff {
    Subject before, after;
    std::string command;
    std::vector<PathChange> paths;  ///< those that are told of first, the greatest ratio first
    std::vector<std::string> left_out, notes;
    Verdict verdict = Verdict::inconclusive;
    int status = 0;             ///< exit status
    bool kernel_lines = false;  ///< has the kernel, the later one, any debug information?
};

/// Sorts its paths, gives it a verdict and an exit status. `allowed`: the share by which a path may
/// be longer without being worse to the exit status.
void conclude(Diff& diff, double allowed = 0);

/// "+193.5 instructions per packet on closed-port (1.0265x): siphash_1u64 +135.0 (new), ...".
std::string sentence_of(const PathChange& path);
/// The answer first.
std::string headline_of(const Diff& diff);

Json to_json(const Diff& diff);
/// {"all", "shares", "functions", "moved"}
Json to_json(const Differences& found);
Json to_json(const PathChange& path);
Json to_json(const Subject& subject);

}  // namespace rxlab
