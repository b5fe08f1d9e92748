// SPDX-License-Identifier: GPL-2.0
#include "campaign/race.h"

#include "base/error.h"
#include "compare/cells.h"
#include "compare/net.h"
#include "experiment/field.h"
#include "stats/front.h"
#include "stats/quantile.h"

#include <fmt/format.h>
#include <algorithm>

namespace rxlab {
namespace {

constexpr size_t kOneOf = 3;  // goes on to the next heat
constexpr size_t kPart = 4;   // of all trials: what a race takes where nothing is said

size_t that_go_on(size_t arms, const Race& race) {
    const size_t third = (arms + kOneOf - 1) / kOneOf;
    return race.is_for_a_front() ? std::max(third, std::min(arms, kMostOnFront)) : third;
}

/// Of a heat, in all: twice those of the heat before, and no more than the plan has.
int rounds_until(int heat, const Race& race, int rounds) {
    int until = std::min(race.heat_rounds, rounds);
    for (; heat > 0 && until < rounds; heat--) until = std::min(2 * until, rounds);
    return until;
}

bool less_is_better(const std::string& metric) {
    return metric_row(metric).better == std::string_view("lower");
}

/// The observations by arm and round, each with its net metrics.
class Track {
public:
    explicit Track(const Result& so_far)
        : result_(with_net_metrics(so_far)), baseline_(baseline_of(so_far.experiment).name) {
        std::set<std::string> planned;
        for (const Trial& trial : so_far.plan.trials) {
            planned.insert(trial.arm);
            rounds_ = std::max(rounds_, trial.round + 1);
        }
        for (const Arm& arm : so_far.experiment.arms)
            if (planned.contains(arm.name) && !arm.baseline && !arm.generator)
                contestants_.push_back(arm.name);
        for (const Observation& observation : result_.observations)
            seen_[observation.trial.arm][observation.trial.round] = &observation;
    }

    int rounds() const { return rounds_; }

    /// In the experiment's order.
    const std::vector<std::string>& contestants() const { return contestants_; }

    /// Who runs beside the contestants in every heat.
    std::set<std::string> beside() const {
        std::set<std::string> arms{baseline_};
        for (const Arm& arm : result_.experiment.arms)
            if (arm.generator) arms.insert(arm.name);
        return arms;
    }

    bool complete(const std::string& arm, int rounds) const {
        const auto found = seen_.find(arm);
        for (int round = 0; round < rounds; round++)
            if (found == seen_.end() || !found->second.contains(round)) return false;
        return true;
    }

    std::string fault(const std::string& arm, int rounds) const {
        for (int round = 0; round < rounds; round++)
            if (const auto all = faults(*seen_.at(arm).at(round)); !all.empty()) return all.front();
        return "";
    }

    /// Empty: a round has none.
    std::vector<double> values(const std::string& arm, const std::string& metric,
                               int rounds) const {
        std::vector<double> values;
        for (int round = 0; round < rounds; round++) {
            const Metrics& metrics = seen_.at(arm).at(round)->metrics;
            const auto found = metrics.find(metric);
            if (found == metrics.end()) return {};
            values.push_back(found->second.value);
        }
        return values;
    }

    /// Told as soon as there is a trial of the baseline, not after a whole heat.
    void require_metrics(const Race& race) const {
        const auto found = seen_.find(baseline_);
        if (found == seen_.end()) return;
        std::vector<std::string> names{race.metric};
        if (race.is_for_a_front()) names.push_back(race.against);
        for (const Guard& guard : race.guards) names.push_back(guard.metric);
        for (const auto& [round, observation] : found->second)
            for (const std::string& name : names)
                if (!observation->metrics.contains(name) && !name.starts_with(kNet))
                    throw lacks(name);
    }

    double of_baseline(const std::string& metric, int rounds) const {
        const std::vector<double> found = values(baseline_, metric, rounds);
        if (found.empty()) throw lacks(metric);
        return mean(found);
    }

private:
    Error lacks(const std::string& metric) const {
        return {Status::usage,
                fmt::format("{}: no trial of '{}' has the metric {}", result_.experiment.name,
                            baseline_, metric),
                "a metric of a collector has to be primary or secondary in the experiment"};
    }

    Result result_;
    std::string baseline_;
    std::vector<std::string> contestants_;
    int rounds_ = 0;
    std::map<std::string, std::map<int, const Observation*>> seen_;
};

/// Does this arm keep the guard? A baseline of 0 stays 0.
std::string broken(const Guard& guard, double value, double baseline) {
    const bool less = less_is_better(guard.metric);
    const double limit = less ? baseline * guard.at_most : baseline / guard.at_most;
    if (less ? value <= limit : value >= limit) return "";
    return fmt::format("{} is {:.4g}, {} {:.4g} (the baseline has {:.4g})", guard.metric, value,
                       less ? "more than" : "less than", limit, baseline);
}

Standing standing_of(const Track& track, const Race& race, const std::string& arm, int heat,
                     int rounds) {
    Standing standing{.arm = arm,
                      .heat = heat,
                      .rounds = rounds,
                      .baseline = track.of_baseline(race.metric, rounds)};
    standing.fault = track.fault(arm, rounds);
    if (!standing.fault.empty()) return standing;
    const auto measure = [&](const std::string& metric, std::optional<double>& value) {
        const std::vector<double> values = track.values(arm, metric, rounds);
        if (values.empty())
            standing.fault = fmt::format("no {}", metric);
        else
            value = mean(values);
    };
    measure(race.metric, standing.value);
    if (race.is_for_a_front()) {
        standing.baseline_against = track.of_baseline(race.against, rounds);
        measure(race.against, standing.against);
    }
    if (!standing.fault.empty()) return standing;
    for (const Guard& guard : race.guards) {
        const std::vector<double> guarded = track.values(arm, guard.metric, rounds);
        const double least = track.of_baseline(guard.metric, rounds);
        standing.fault = guarded.empty() ? fmt::format("no {}", guard.metric)
                                         : broken(guard, mean(guarded), least);
        if (!standing.fault.empty()) break;
    }
    return standing;
}

double cost_of(const std::string& metric, double value) {
    return less_is_better(metric) ? value : -value;
}

Costs costs_of(const Race& race, double value, double against) {
    return {cost_of(race.metric, value), cost_of(race.against, against)};
}

/// As by_fronts has it, those with a fault at the end.
void sort_by_fronts(std::vector<Standing>& standings, const Race& race) {
    const auto faulty =
        std::stable_partition(standings.begin(), standings.end(),
                              [](const Standing& standing) { return standing.fault.empty(); });
    std::vector<Costs> costs;
    for (auto sound = standings.begin(); sound != faulty; ++sound)
        costs.push_back(costs_of(race, *sound->value, *sound->against));
    std::vector<Standing> sorted;
    for (const OnFront& one : by_fronts(costs)) sorted.push_back(standings[one.which]);
    std::move(sorted.begin(), sorted.end(), standings.begin());
}

/// @param last of the last heat, sorted
void find_front(std::vector<Standing>& last, const Race& race) {
    std::vector<Costs> costs;
    for (const Standing& standing : last)
        if (standing.fault.empty())
            costs.push_back(costs_of(race, *standing.value, *standing.against));
    size_t left = kMostOnFront;
    for (const OnFront& one : by_fronts(costs)) {
        Standing& standing = last[one.which];
        const Costs now = costs_of(race, standing.baseline, standing.baseline_against);
        if (one.front > 0 || left == 0) break;
        standing.on_front = !dominates(now, costs[one.which]) && !(now == costs[one.which]);
        left -= standing.on_front;
    }
}

/// Best first; where two are equal, the earlier in the experiment.
void sort(std::vector<Standing>& standings, const Race& race) {
    if (race.is_for_a_front()) {
        sort_by_fronts(standings, race);
        return;
    }
    const bool less = less_is_better(race.metric);
    std::stable_sort(standings.begin(), standings.end(),
                     [less](const Standing& a, const Standing& b) {
                         if (a.fault.empty() != b.fault.empty()) return a.fault.empty();
                         return less ? a.value < b.value : a.value > b.value;
                     });
}

std::optional<double> ratio_of(const std::optional<double>& value, double baseline) {
    if (!value || !(baseline > 0)) return std::nullopt;
    return *value / baseline;
}

void require_direction(const Field& metric) {
    if (metric_row(metric.text()).better == std::string_view("none"))
        metric.refuse("a metric of which less or more is better");
}

}  // namespace

Race race_from(const Json& json) {
    const Field race(json);
    Race read{
        race["metric"].text(), race.has("heat_rounds") ? race["heat_rounds"].integer() : 1, {}};
    if (read.heat_rounds < 1) race["heat_rounds"].refuse("at least one round");
    require_direction(race["metric"]);
    if (race.has("against")) {
        read.against = race["against"].text();
        require_direction(race["against"]);
        if (read.against == read.metric) race["against"].refuse("another metric than the first");
    }
    if (!race.has("guards")) return read;
    for (const auto& [metric, at_most] : race["guards"].entries()) {
        const Json name = metric;
        require_direction(Field(name, at_most.path()));
        if (!(at_most.number() > 0)) at_most.refuse("a factor above 0");
        read.guards.push_back({metric, at_most.number()});
    }
    return read;
}

std::optional<double> Standing::ratio() const {
    return ratio_of(value, baseline);
}

std::optional<double> Standing::against_ratio() const {
    return ratio_of(against, baseline_against);
}

Json to_json(const Race& race) {
    Json guards = Json::object();
    for (const Guard& guard : race.guards) guards[guard.metric] = guard.at_most;
    Json json{{"metric", race.metric}, {"heat_rounds", race.heat_rounds}, {"guards", guards}};
    if (race.is_for_a_front()) json["against"] = race.against;
    return json;
}

const Standing* Standings::winner() const {
    return !running.empty() || arms.empty() || !arms.front().fault.empty() ? nullptr
                                                                           : &arms.front();
}

Standings standings(const Result& so_far, const Race& race) {
    const Track track(so_far);
    Standings all;
    // In the experiment's order, which decides between equals.
    std::vector<std::string> in = track.contestants();
    std::vector<Standing> out;  // the last heat's first
    for (int heat = 0;; heat++) {
        all.rounds = rounds_until(heat, race, track.rounds());
        track.require_metrics(race);
        all.running = track.beside();
        all.running.insert(in.begin(), in.end());
        if (!std::all_of(all.running.begin(), all.running.end(),
                         [&](const std::string& arm) { return track.complete(arm, all.rounds); }))
            break;
        for (const std::string& arm : track.beside())
            if (const std::string fault = track.fault(arm, all.rounds); !fault.empty())
                throw Error(Status::invalid, fmt::format("{}: {}", arm, fault),
                            "nothing can be compared with it; see its trial with --trial");
        all.arms.clear();
        for (const std::string& arm : in)
            all.arms.push_back(standing_of(track, race, arm, heat, all.rounds));
        sort(all.arms, race);
        const size_t sound = static_cast<size_t>(
            std::count_if(all.arms.begin(), all.arms.end(),
                          [](const Standing& standing) { return standing.fault.empty(); }));
        const auto stay =
            static_cast<ptrdiff_t>(std::min(sound, that_go_on(all.arms.size(), race)));
        if (stay <= 1 || all.rounds == track.rounds()) {
            all.running.clear();
            if (race.is_for_a_front()) find_front(all.arms, race);
            break;
        }
        out.insert(out.begin(), all.arms.begin() + stay, all.arms.end());
        all.arms.resize(static_cast<size_t>(stay));
        std::set<std::string> left;
        for (const Standing& standing : all.arms) left.insert(standing.arm);
        std::erase_if(in, [&](const std::string& arm) { return !left.contains(arm); });
    }
    all.arms.insert(all.arms.end(), out.begin(), out.end());
    std::stable_partition(all.arms.begin(), all.arms.end(),
                          [](const Standing& standing) { return standing.fault.empty(); });
    return all;
}

RaceSize race_size(const Plan& plan, size_t arms) {
    int rounds = 0;
    for (const Trial& trial : plan.trials) rounds = std::max(rounds, trial.round + 1);
    return {arms, plan.trials.size() / static_cast<size_t>(rounds) - arms, rounds};
}

size_t most_trials(const RaceSize& size, const Race& race) {
    size_t trials = 0, arms = size.arms;
    for (int heat = 0, done = 0; done < size.rounds; heat++) {
        const int until = rounds_until(heat, race, size.rounds);
        trials += (arms + size.beside) * static_cast<size_t>(until - done);
        done = until;
        arms = that_go_on(arms, race);
        if (arms <= 1) break;
    }
    return trials;
}

size_t usual_trials(const RaceSize& size, Race race) {
    race.heat_rounds = 1;
    return std::max(size.all() / kPart, most_trials(size, race));
}

Race race_within(size_t trials, const RaceSize& size, Race race) {
    for (race.heat_rounds = 1; race.heat_rounds < size.rounds; race.heat_rounds++) {
        Race more = race;
        more.heat_rounds++;
        if (most_trials(size, more) > trials) break;
    }
    if (const size_t most = most_trials(size, race); most > trials)
        throw Error(Status::usage,
                    fmt::format("{} points take {} trials, not {}", size.arms, most, trials),
                    fmt::format("--trials {}, or fewer points", most));
    return race;
}

}  // namespace rxlab
