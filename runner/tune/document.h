// SPDX-License-Identifier: GPL-2.0
// tune.json: what was searched, how every point did, what mattered, and what a run of its own in
// other boots says of the best.
#pragma once
#include "campaign/race.h"
#include "compare/comparison.h"
#include "tune/effects.h"

#include <optional>

namespace rxlab {

/// What a run of its own says of a point, in boots (or rounds) that the search has not seen.
struct Proof {
    ComparedMetric metric;                  ///< the deciding one
    std::string fault;                      ///< a check that failed there, a guard; empty: none
    std::optional<ComparedMetric> against;  ///< the second one, of a front
    bool on_front = false;                  ///< of those that were run, too
    /// Is the point better in a metric that decides, and without a fault?
    bool better() const;
};

struct FrontPoint {
    size_t point;
    std::optional<Proof> proof;  ///< none: it was not made
};

/// What a race finds of what a search of all points in all rounds found.
struct Raced {
    Race race;
    size_t trials = 0;
    std::optional<size_t> winner;
    /// Its gain, of the best point's, both over all rounds; none: there is nothing to gain.
    std::optional<double> gain;
};

struct Tuned {
    Experiment experiment;  ///< the author's, which the search began in
    Space space;
    std::vector<Point> points;
    Race race;
    // Of the search, by judge():
    std::string baseline;              ///< the arm that it began at
    Json plan = Json::object();        ///< lane, target, rounds, trials made and planned
    Json provenance = Json::object();  ///< of the search's result
    std::vector<std::optional<Standing>> standings;  ///< of each point; none: it cannot run here
    Effects effects;
    std::optional<size_t> winner;   ///< the best point; none: nothing was better in the search
    std::optional<Proof> proof;     ///< none: it was not made
    std::vector<FrontPoint> front;  ///< where two metrics decide, instead of a winner
    std::optional<Raced> raced;     ///< none: the search was a race itself
    Json keep;  ///< settings and their persistent form, of a winner that was proved; else null
    /// Is there a winner, or a point of the front, that other boots have shown to be better?
    bool proved() const;
};

/// How the points did in a search that is over.
void judge(Tuned& tuned, const Result& search);

/// @param all the search that was judged, which had all points in all rounds
Raced raced_in(const Tuned& tuned, const Result& all, const Race& race);

/// @param result of that arm, and maybe others, beside the baseline, and how they compare
/// @throws Error(Status::invalid): the comparison has not the metrics that decide
Proof proof_of(const Result& result, const Comparison& comparison, const Race& race,
               const std::string& arm);

Json to_json(const Tuned& tuned);
/// For people: the winner and its proof, then what mattered.
std::vector<std::string> in_words(const Tuned& tuned);

}  // namespace rxlab
