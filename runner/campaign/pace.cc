// SPDX-License-Identifier: GPL-2.0
#include "campaign/pace.h"

#include "base/amount.h"

#include "base/error.h"
#include "stats/quantile.h"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <set>

namespace rxlab {
namespace {

constexpr double kMinute = 60, kHour = 3600;
constexpr double kLongest = 24 * kHour;  // of a trial or a boot

/// Not a number is not within any bounds.
bool is_seconds(const Json& value) {
    return value.is_number() && value.get<double>() > 0 && value.get<double>() <= kLongest;
}

double seconds_in(const Json& row, const char* key, double otherwise) {
    const Json value = row.value(key, Json(otherwise));
    if (!is_seconds(value))
        throw Error(Status::usage,
                    fmt::format("\"{}\" is {}, no number of seconds of a trial or a boot", key,
                                value.dump()));
    return value;
}

bool has_day_or_none(const Json& row) {
    return row.is_object() && row.value("day", Json("")).is_string();
}

bool is_pace(const Json& row) {
    constexpr const char* kKeys[] = {"plain_s", "probed_s", "boot_s"};
    return has_day_or_none(row) && std::all_of(std::begin(kKeys), std::end(kKeys), [&](auto key) {
               return !row.contains(key) || is_seconds(row[key]);
           });
}

Pace pace_of(const Json& row, const std::string& name) {
    if (!has_day_or_none(row)) throw Error(Status::usage, fmt::format("\"{}\" is no pace", name));
    const Pace guess;
    return {seconds_in(row, "plain_s", guess.plain_s), seconds_in(row, "probed_s", guess.probed_s),
            seconds_in(row, "boot_s", guess.boot_s), row.value("day", "")};
}

/// The middle one (the lower of two) of what these rows have under `key`.
double median(const std::vector<Json>& rows, const char* key, double otherwise) {
    std::vector<double> seconds;
    for (const Json& row : rows)
        if (row.contains(key)) seconds.push_back(row[key]);
    if (seconds.empty()) return otherwise;
    const auto middle = seconds.begin() + static_cast<ptrdiff_t>((seconds.size() - 1) / 2);
    std::nth_element(seconds.begin(), middle, seconds.end());
    return *middle;
}

/// What other experiments have in the same lane on the same target; damaged rows say nothing.
Pace pace_of_others(const Json& book, const std::string& name) {
    const std::string lane_and_target = name.substr(std::min(name.find(' '), name.size()));
    std::vector<Json> rows;
    for (const auto& [other, row] : book.items())
        if (other.ends_with(lane_and_target) && is_pace(row)) rows.push_back(row);
    const Pace guess;
    return {median(rows, "plain_s", guess.plain_s), median(rows, "probed_s", guess.probed_s),
            median(rows, "boot_s", guess.boot_s), "", rows.size()};
}

/// Where a forecast comes from.
std::string basis(const Forecast& ahead) {
    if (!ahead.day.empty()) return "as on " + ahead.day;
    if (ahead.others == 0) return "a guess for a first run";
    return fmt::format("a guess by {}", ahead.others == 1
                                            ? "another experiment"
                                            : fmt::format("{} other experiments", ahead.others));
}

void put(Json& row, const char* key, const std::vector<double>& seconds) {
    if (seconds.empty()) return;
    if (const double value = mean(seconds); value > 0) row[key] = value;
}

bool is_probed(const Trial& trial) {
    return trial.probes && !trial.collectors.empty();
}

double of_trial(const Pace& pace, const Trial& trial) {
    return is_probed(trial) ? pace.probed_s : pace.plain_s;
}

}  // namespace

Pace pace_from(const Json& book, const std::string& name) {
    if (!book.is_object())
        throw Error(Status::usage, fmt::format("expected an object, got {}", book.type_name()));
    const auto found = book.find(name);
    return found == book.end() ? pace_of_others(book, name) : pace_of(*found, name);
}

Json learnt(Json book, const std::string& name, const Result& result,
            const std::vector<double>& boots_s, const std::string& day) {
    std::vector<double> plain, probed;
    for (const Observation& observation : result.observations)
        (is_probed(observation.trial) ? probed : plain).push_back(observation.wall_s);
    Json& row = book[name];
    if (!row.is_object()) row = Json::object();
    put(row, "plain_s", plain);
    put(row, "probed_s", probed);
    put(row, "boot_s", boots_s);
    row["day"] = day;
    return book;
}

Forecast forecast(const Plan& plan, const Pace& pace, int workers) {
    Forecast ahead{.workers = workers,
                   .most_trials = plan.trials.size(),
                   .day = pace.day,
                   .others = pace.others};
    std::set<std::pair<uint64_t, std::string>> boots;
    for (const Trial& trial : plan.trials) {
        const double seconds = of_trial(pace, trial) / workers;
        ahead.most_trials_s += seconds;
        if (!plan.looks.empty() && trial.round >= plan.looks.front()) continue;
        ahead.trials++;
        ahead.trials_s += seconds;
        boots.insert(boot_of(trial));
    }
    if (plan.target != "vm") return ahead;
    ahead.boots = boots.size();
    ahead.boots_s = static_cast<double>(boots.size()) * pace.boot_s / workers;
    return ahead;
}

std::string duration_words(double seconds) {
    if (seconds < 1.5 * kMinute) return fmt::format("{:.0f} s", std::ceil(seconds));
    const double minutes = std::ceil(seconds / kMinute);
    if (seconds < 1.5 * kHour) return fmt::format("{:.0f} min", minutes);
    return fmt::format("{:.0f} h {:.0f} min", std::floor(minutes / 60), std::fmod(minutes, 60));
}

std::string in_words(const Forecast& ahead) {
    return fmt::format(
        "{} by {}: about {}, {}{}{}", amount(ahead.trials, "trial"),
        amount(static_cast<size_t>(ahead.workers), "worker"), duration_words(ahead.trials_s),
        basis(ahead),
        ahead.boots ? fmt::format("; {}, at most {} more", amount(ahead.boots, "boot"),
                                  duration_words(ahead.boots_s))
                    : "",
        ahead.most_trials > ahead.trials
            ? fmt::format("; {}, about {}, where these do not decide",
                          amount(ahead.most_trials, "trial"), duration_words(ahead.most_trials_s))
            : "");
}

Json to_json(const Forecast& ahead) {
    return {{"trials", ahead.trials},
            {"boots", ahead.boots},
            {"workers", ahead.workers},
            {"trials_s", ahead.trials_s},
            {"boots_s", ahead.boots_s},
            {"learnt", ahead.day},
            {"others", ahead.others},
            {"most_trials", ahead.most_trials},
            {"most_trials_s", ahead.most_trials_s},
            {"words", in_words(ahead)}};
}

Remaining::Remaining(const Plan& plan, const Pace& pace, int workers)
    : pace_(pace), ends_(plan.looks), workers_(workers) {
    for (const Trial& trial : plan.trials) rounds_[trial.round] += weight(trial);
    reach(0);
    prior_ = left_ / 10;
}

/// What is left goes to the first end that lies behind this round.
void Remaining::reach(int round) {
    while (!ends_.empty() && ends_.front() <= round) ends_.erase(ends_.begin());
    const auto end = ends_.empty() ? rounds_.end() : rounds_.lower_bound(ends_.front());
    for (auto next = rounds_.begin(); next != end; next = rounds_.erase(next))
        left_ += next->second;
}

void Remaining::resumed(const Trial& trial) {
    reach(trial.round);
    left_ -= weight(trial);
}

double Remaining::weight(const Trial& trial) const {
    return of_trial(pace_, trial);
}

double Remaining::observed(const Trial& trial, double elapsed_s) {
    reach(trial.round);
    done_ += weight(trial);
    left_ -= weight(trial);
    return std::max(0.0, left_ * (elapsed_s + prior_ / workers_) / (done_ + prior_));
}

}  // namespace rxlab
