// SPDX-License-Identifier: GPL-2.0
// What became of each series: at which night its level changed, and what else changed with it.
// Pure.
#pragma once
#include "history/store.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rxlab {

/// A level lasts so many values before it is what a series is, and no news.
constexpr size_t kRecentValues = 7;
/// So many nights of others without a value, and it has gone.
constexpr size_t kGoneNights = 2;

enum class ChangeState {
    confirmed,     ///< another result repeats it; of time: it is sure (stats/change_points.h)
    candidate,     ///< the last result alone shows it, or it is not sure: to be measured again
    not_repeated,  ///< the next result did not
};
const char* to_string(ChangeState state);

struct LevelChange {
    std::string night;         ///< the first of the new level
    std::string night_before;  ///< the last of the old one
    double before = 0, after = 0;
    double ratio = 0;       ///< after by before; 0 where that is none
    std::string direction;  ///< "better", "worse"; "" for a metric that has none
    ChangeState state = ChangeState::confirmed;
    double p = 0;                      ///< of the t-test; 0 where values repeat exactly
    std::vector<std::string> made_of;  ///< what the two were made of differently; none: the same
    std::string command;               ///< that names the functions; empty: there is none
    std::string cause;                 ///< what a diff said of it; empty: none was added
};

/// "7415.7 to 7606.9 (1.0258x)"
std::string levels_in_words(const LevelChange& change);

struct FollowedPoint {
    std::string night;
    double value = 0;  ///< the median; or the ratio to the baseline
    std::optional<double> measured;
    std::string source;
};

struct FollowedFault {
    std::string night, why;
};

enum class SeriesStatus { gone, invalid, candidate, changed, is_new, steady };
/// In the order of what is looked at first.
constexpr SeriesStatus kStatuses[] = {SeriesStatus::gone,      SeriesStatus::invalid,
                                      SeriesStatus::candidate, SeriesStatus::changed,
                                      SeriesStatus::is_new,    SeriesStatus::steady};
const char* to_string(SeriesStatus status);

struct FollowedSeries {
    int64_t id = 0;
    SeriesName name;
    bool exact = false;  ///< its values repeat to the digit, and are levels; else ratios
    double delta = 0;    ///< the least relative change that counts, at its last level
    std::vector<FollowedPoint> points;
    std::vector<FollowedFault> faults;
    std::vector<std::string> missing;  ///< nights on which others of its lane and machine have
                                       ///< results, from its first on
    std::vector<LevelChange> changes;
    SeriesStatus status = SeriesStatus::steady;
    std::string words;  ///< the status in a sentence
};

/// An experiment's results on a kernel are made of other things from this night on.
struct Epoch {
    std::string experiment, kernel, machine;
    Lane lane = Lane::counted;
    std::string night, release;
    std::vector<std::string> changed;
};

struct FollowedHistory {
    std::vector<std::string> nights;  ///< with a result, in order
    size_t results = 0;
    std::vector<FollowedSeries> series;  ///< by experiment, kernel, metric, then as they were added
    std::vector<Epoch> epochs;
};

/// All that a store has. @throws as the store
FollowedHistory followed(HistoryStore& store);

/// What two lists differ in, the kernel first, one text each: "kernel 6.12.107 -> 6.12.117"; at
/// most `most`, and how many more.
std::vector<std::string> made_otherwise(const std::vector<Ingredient>& before,
                                        const std::vector<Ingredient>& after, size_t most = 5);

/// "rxlab diff 6.12.107 6.12.117 drop-point:closed-port"; empty: none would tell it.
std::string diff_command(const SeriesName& name, const KeptResult& before, const KeptResult& after,
                         bool modules_differ);

/// "12 series of 30 nights: 1 changed, 11 steady"
std::string headline_of(const FollowedHistory& history);

}  // namespace rxlab
