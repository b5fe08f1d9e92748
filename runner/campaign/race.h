// SPDX-License-Identifier: GPL-2.0
// Many arms against each other, so that most of the trials go to those that may win: successive
// halving (Jamieson and Talwalkar, AISTATS 2016), by thirds, over rounds that all arms share: as
// fewer are left each of them gets more. Where two metrics decide it is their Pareto front that is
// looked for.
#pragma once
#include "result/result.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rxlab {

/// An arm that makes this metric worse is out, whatever else it does.
struct Guard {
    std::string metric;
    double at_most = 1;  ///< times the baseline's mean (where more is better: 1/at_most at least)
};

struct Race {
    std::string metric;   ///< that decides; one that has a direction, "net." ones too
    int heat_rounds = 1;  ///< of the first heat; each later one has twice as many in all
    std::vector<Guard> guards;
    std::string against = "";  ///< the second metric, of a race for a front; empty: there is none

    bool is_for_a_front() const { return !against.empty(); }
};
/// The most points of a front that are told, spread over it. So few arms all go on to a next heat.
constexpr size_t kMostOnFront = 6;

/// {"metric": NAME, "against": NAME, "heat_rounds": N, "guards": {NAME: AT_MOST}}
/// @throws Error(Status::usage)
Race race_from(const Json& json);
Json to_json(const Race& race);

/// How an arm has done so far.
struct Standing {
    std::string arm;
    int heat = 0;    ///< the last that it took part in, from 0
    int rounds = 0;  ///< that it took part in, from the plan's first
    /// Mean of the metric over them; none: a check failed, or a trial has it not.
    std::optional<double> value = {};
    double baseline = 0;     ///< the baseline's mean over the same rounds
    std::string fault = "";  ///< why it cannot win: a check that failed, a guard; empty: it can
    /// Likewise of the second metric.
    std::optional<double> against = {};
    double baseline_against = 0;
    /// Of a race for a front that is over: no other of the last heat is as good in both and better
    /// in one, and the baseline is not as good in both.
    bool on_front = false;
    /// Of the value to the baseline's; none: that is not above 0.
    std::optional<double> ratio() const;
    std::optional<double> against_ratio() const;
};

struct Standings {
    /// First who is still in, then by the last heat: best first, those with a fault at the end. In
    /// a race for a front best first is as by_fronts has it.
    std::vector<Standing> arms;
    /// Arms of the heat that is not run to its end, the baseline and the generator among them;
    /// empty: the race is over.
    std::set<std::string> running;
    int rounds = 0;  ///< that the heat needs in all
    /// The arm that is left, or the best in the plan's last round; null: the race is not over, or
    /// every arm has a fault. @pre one metric decides
    const Standing* winner() const;
};

/// A heat is the arms that are left over the rounds until its own last; the best third of them goes
/// on to the next. Pure: the same observations, whatever their order, give the same standings.
/// @throws Error(Status::usage): a trial of the baseline has not the metric, or a guard's;
/// Error(Status::invalid): it has a fault.
Standings standings(const Result& so_far, const Race& race);

/// Who takes part, and in how many rounds at most.
struct RaceSize {
    size_t arms = 0;
    size_t beside = 0;  ///< them in every heat: the baseline, the generator
    int rounds = 0;
    size_t all() const { return (arms + beside) * static_cast<size_t>(rounds); }  ///< trials
};
/// Of a plan with so many arms that race.
RaceSize race_size(const Plan& plan, size_t arms);

/// The most trials that the race takes.
size_t most_trials(const RaceSize& size, const Race& race);

/// What a race may take where nothing is said: a quarter of all, or one round in the first heat
/// where that is more.
size_t usual_trials(const RaceSize& size, Race race);

/// The race with as many rounds in its first heat as so many trials allow.
/// @throws Error(Status::usage): it takes more with one
Race race_within(size_t trials, const RaceSize& size, Race race);

}  // namespace rxlab
