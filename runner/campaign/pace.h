// SPDX-License-Identifier: GPL-2.0
// What a campaign is going to take, from what campaigns like it took on this machine.
#pragma once
#include "result/result.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rxlab {

/// Seconds of one worker, on this machine's clock.
struct Pace {
    double plain_s = 5;    ///< a trial without windows of probes
    double probed_s = 15;  ///< one with them
    double boot_s = 20;    ///< a guest's boot and its snapshots
    std::string day;       ///< when it was learnt, "2026-11-29"; empty: never, these are guesses
    size_t others = 0;     ///< a guess by so many other experiments; 0: by none
};

/// The pace that `book` has for campaigns of this name ("EXPERIMENT LANE TARGET"); where it has
/// none, the medians of the other experiments' in the same lane on the same target.
/// @throws Error(Status::usage): no book, or this name's row is damaged.
Pace pace_from(const Json& book, const std::string& name);

/// The book with what the trials of `result` took under this name; what the result does not tell
/// (no trial with probes, no boot) stays as it was. @param boots_s seconds of each boot
Json learnt(Json book, const std::string& name, const Result& result,
            const std::vector<double>& boots_s, const std::string& day);

/// Of a plan with looks: up to the first, and at most.
struct Forecast {
    size_t trials = 0, boots = 0;  ///< boots: guests that are booted where no snapshot is kept
    int workers = 1;
    double trials_s = 0, boots_s = 0;  ///< seconds until the end
    size_t most_trials = 0;
    double most_trials_s = 0;
    std::string day;    ///< as Pace::day
    size_t others = 0;  ///< as Pace::others
};
Forecast forecast(const Plan& plan, const Pace& pace, int workers);
/// "21 trials by 2 workers: about 40 s, as on 2026-11-29; 3 boots, at most 30 s more; 63 trials,
/// about 2 min, where few do not decide"
std::string in_words(const Forecast& forecast);
Json to_json(const Forecast& forecast);
/// "40 s", "4 min", "2 h 10 min"
std::string duration_words(double seconds);

/// How long a campaign that runs will still take: by how fast it went so far and, while that is
/// little, by the pace. Of a plan with looks: until the next one.
class Remaining {
public:
    Remaining(const Plan& plan, const Pace& pace, int workers);
    /// A trial was observed by an earlier run.
    void resumed(const Trial& trial);
    /// @param elapsed_s since this run began
    /// @return seconds until the last of these trials has ended
    double observed(const Trial& trial, double elapsed_s);

private:
    double weight(const Trial& trial) const;
    void reach(int round);
    Pace pace_;
    std::vector<int> ends_;  ///< numbers of rounds after which it may end, the first one next
    std::map<int, double> rounds_;  ///< weight of each round that is not in left_ yet
    double done_ = 0, left_ = 0;    ///< seconds of one worker, as the pace has them
    double prior_ = 0;              ///< as much as this was done at the pace before anything was
    int workers_;
};

}  // namespace rxlab
