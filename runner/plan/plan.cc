// SPDX-License-Identifier: GPL-2.0
#include "plan/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "base/contains.h"
#include "base/error.h"
#include "base/nearest.h"
#include "experiment/resolve.h"
#include "plan/collected.h"
#include "plan/plan_json.h"
#include "plan/seeds.h"

namespace rxlab {
namespace {

using Factors = std::map<std::string, Json>;

constexpr size_t kMostTrials = 100'000;

void check_lane(const Experiment& experiment, Lane lane) {
    const std::vector<std::string> lanes = names_of(experiment.lanes);
    if (contains(lanes, to_string(lane))) return;
    throw Error(Status::usage,
                fmt::format("{}: does not run in the {} lane", experiment.name, to_string(lane)),
                fmt::format("its lanes: {}", fmt::join(lanes, ", ")));
}

void check_arms(const Experiment& experiment, const std::vector<std::string>& wanted) {
    std::vector<std::string> names;
    for (const Arm& arm : experiment.arms) names.push_back(arm.name);
    for (const std::string& name : wanted) {
        if (contains(names, name)) continue;
        const std::string question = did_you_mean(name, names);
        throw Error(
            Status::usage, fmt::format("{}: no arm '{}'", experiment.name, name),
            question.empty() ? fmt::format("its arms: {}", fmt::join(names, ", ")) : question);
    }
}

/// One arm with one value of each factor.
struct Cell {
    const Arm* arm;
    Factors factors;
};

/// Every combination, the last factor running fastest.
std::vector<Factors> combinations(const std::vector<Factor>& factors) {
    std::vector<Factors> all = {{}};
    for (const Factor& factor : factors) {
        std::vector<Factors> longer;
        for (const Factors& shorter : all)
            for (const Json& value : factor.values) {
                longer.push_back(shorter);
                longer.back()[factor.name] = value;
            }
        all = std::move(longer);
    }
    return all;
}

/// Of a factor, the values that a brief run takes.
Factor brief_part(Factor factor, const Brief& brief) {
    const auto found = brief.factors.find(factor.name);
    if (found == brief.factors.end()) return factor;
    const auto taken = [&](const Json& value) {
        return std::any_of(found->second.begin(), found->second.end(),
                           [&](const Json& word) { return is_value(value, word); });
    };
    std::erase_if(factor.values, [&](const Json& value) { return !taken(value); });
    return factor;
}

std::vector<Cell> cells(const Experiment& experiment, const PlanOptions& options) {
    const Brief brief = options.full ? Brief() : experiment.brief;
    const std::vector<std::string>& wanted = options.arms.empty() ? brief.arms : options.arms;
    std::vector<Factor> factors;
    for (const Factor& factor : experiment.factors) factors.push_back(brief_part(factor, brief));
    std::vector<Cell> all;
    for (const Arm& arm : experiment.arms)
        if (wanted.empty() || arm.baseline || arm.generator || contains(wanted, arm.name))
            for (const Factors& values : combinations(factors)) all.push_back({&arm, values});
    return all;
}

int round_count(const Rounds& rounds, const PlanOptions& options) {
    return options.rounds > 0 ? options.rounds : rounds_of(rounds, options.lane);
}

void check_size(const Experiment& experiment, int rounds, size_t arms) {
    size_t trials = static_cast<size_t>(rounds) * arms;
    for (const Factor& factor : experiment.factors) {
        if (trials > kMostTrials) break;
        trials *= factor.values.size();
    }
    if (trials > kMostTrials)
        throw Error(Status::usage,
                    fmt::format("{}: more than {} trials", experiment.name, kMostTrials),
                    "fewer rounds, arms or factor values");
}

/// What a round has in common for all its arms.
struct Round {
    int number;
    uint64_t boot_seed;
    int phase;
    uint64_t seed;
};

/// Looks are at whole boot seeds.
std::vector<int> looks_of(int rounds, int phases, const PlanOptions& options) {
    std::vector<int> looks;
    if (options.rounds > 0 || options.full) return looks;
    for (const int look : lane_row(options.lane).looks)
        if (look * phases < rounds) looks.push_back(look * phases);
    return looks;
}

Round make_round(int number, const Rounds& rounds, const PlanOptions& options) {
    // Phases are nested in a boot seed. Where rounds have none of their own, they are repetitions
    // on one machine as it was booted.
    const LaneRow& lane = lane_row(options.lane);
    const int phases = lane.phases ? rounds.phases : 1;
    const int boot = lane.boot_seeds ? number / phases : 0;
    const uint64_t boot_seed = derive(options.seed, Purpose::boot, boot) & 0x7FFFFFFF;
    return {number, boot_seed, number % phases, derive(options.seed, Purpose::round, number)};
}

/// What is judged, or shown of every arm, needs its collector in every round.
bool judges_a_collector(const Experiment& experiment) {
    for (const auto* metrics : {&experiment.primary, &experiment.secondary})
        for (const std::string& metric : *metrics)
            for (const std::string& collector : experiment.collectors)
                if (gives(collector, metric)) return true;
    return false;
}

bool has_probes(const Experiment& experiment, int round, Lane lane) {
    const int asked = experiment.rounds.probe_rounds;
    const int rounds = asked ? asked : lane_row(lane).probe_rounds;
    return rounds == 0 || round < rounds || judges_a_collector(experiment);
}

Trial make_trial(const Experiment& experiment, const Cell& cell, const Round& round, Lane lane) {
    const Arm& arm = *cell.arm;
    Trial trial;
    trial.arm = arm.name;
    trial.factors = cell.factors;
    trial.round = round.number;
    trial.boot = boot_from(filled(merge_members(experiment.boot, arm.boot), cell.factors));
    trial.boot_seed = round.boot_seed + trial.boot.seed_offset;
    trial.phase = round.phase;
    trial.seed = round.seed;
    trial.lane = lane;
    trial.topology =
        merge_patch(filled(experiment.topology, cell.factors), filled(arm.topology, cell.factors));
    trial.traffic =
        merge_patch(filled(experiment.traffic, cell.factors), filled(arm.traffic, cell.factors));
    trial.setup =
        merge_members(filled(experiment.setup, cell.factors), filled(arm.setup, cell.factors));
    trial.knobs =
        merge_members(filled(experiment.knobs, cell.factors), filled(arm.knobs, cell.factors));
    trial.collectors = experiment.collectors;
    trial.expect = arm.expect;
    trial.probes = has_probes(experiment, round.number, lane);
    return trial;
}

/// Trials of one boot together, so that snapshots are changed seldom; else in the order they have.
void group_by_boot(std::vector<Trial>& trials) {
    std::map<std::pair<uint64_t, std::string>, size_t> first;
    for (const Trial& trial : trials) first.try_emplace(boot_of(trial), first.size());
    std::stable_sort(trials.begin(), trials.end(), [&](const Trial& a, const Trial& b) {
        return first.at(boot_of(a)) < first.at(boot_of(b));
    });
}

/// "6.12.117+deb12-amd64" -> (6, 12); empty -> (0, 0).
std::pair<int, int> version_of(const std::string& release) {
    int major = 0, minor = 0;
    std::sscanf(release.c_str(), "%d.%d", &major, &minor);
    return {major, minor};
}

constexpr const char* kElsewhere =
    "choose another kernel or target with --kernel and --target, or other arms";

/// What a trial of the arm needs and this target with this kernel (empty: unknown) is not; empty:
/// nothing.
std::string lacking_for(const Trial& trial, const Needs& needs, const std::string& target,
                        const std::string& run_release) {
    const std::string needed = trial.boot != Boot() ? "vm" : needs.target;
    if (!needed.empty() && needed != target)
        return fmt::format("it needs target {}, this is {}", needed, target);
    // A kernel that goes by its path says its release only when it is looked at.
    const std::string release = trial.boot.kernel.empty()            ? run_release
                                : trial.boot.kernel.starts_with('/') ? ""
                                                                     : trial.boot.kernel;
    if (is_older(release, needs.kernel))
        return fmt::format("it needs kernel {}, this is {}", needs.kernel, release);
    return "";
}

/// "path=veth size=60".
std::string text_of(const Factors& factors) {
    std::vector<std::string> words;
    for (const auto& [name, value] : factors)
        words.push_back(fmt::format("{}={}", name, value_text(value)));
    return fmt::format("{}", fmt::join(words, " "));
}

/// Where the baseline cannot run nothing can be compared: these combinations of factors go, unless
/// they are all.
template <typename Lacks>
void leave_out_factors(Plan& plan, const Arm& baseline, const Lacks& lacks) {
    std::set<Factors> all;
    std::map<Factors, std::string> without;
    for (const Trial& trial : plan.trials) {
        if (trial.arm != baseline.name) continue;
        all.insert(trial.factors);
        if (const std::string why = lacks(trial); !why.empty())
            without.try_emplace(trial.factors, why);
    }
    if (without.size() == all.size()) return;
    for (const auto& [factors, why] : without)
        plan.left_out.push_back(fmt::format("{} is left out: {}", text_of(factors), why));
    std::erase_if(plan.trials, [&](const Trial& trial) { return without.contains(trial.factors); });
}

}  // namespace

bool is_older(const std::string& release, const std::string& version) {
    return !release.empty() && version_of(release) < version_of(version);
}

std::pair<uint64_t, std::string> boot_of(const Trial& trial) {
    return {trial.boot_seed, to_json(trial.boot).dump()};
}

int rounds_of(const Rounds& rounds, Lane lane) {
    const LaneRow& row = lane_row(lane);
    return written(rounds).at(row.rounds).get<int>() * (row.phases ? rounds.phases : 1);
}

int most_rounds_of(const Rounds& rounds, Lane lane) {
    const LaneRow& row = lane_row(lane);
    return row.most_rounds ? written(rounds).at(row.most_rounds).get<int>()
                           : rounds_of(rounds, lane);
}

Json to_json(const Trial& trial) {
    return written(trial);
}

Trial trial_from_json(const Json& json) {
    try {
        Trial trial;
        read(Field(json), trial);
        return trial;
    } catch (const Error& error) {
        throw Error(Status::invalid, fmt::format("not a trial: {}", error.what()),
                    "was it written by another rxlab?");
    }
}

Plan make_plan(const Experiment& experiment, const PlanOptions& options) {
    check_lane(experiment, options.lane);
    check_arms(experiment, options.arms);
    const int rounds = round_count(experiment.rounds, options);
    check_size(experiment, rounds, experiment.arms.size());

    Plan plan{experiment.name, options.lane, options.target, options.seed, {}, {}, {}};
    plan.looks = looks_of(rounds, experiment.rounds.phases, options);
    const std::vector<Cell> written = cells(experiment, options);
    for (int number = 0; number < rounds; number++) {
        const Round round = make_round(number, experiment.rounds, options);
        std::vector<Cell> order = written;
        if (lane_row(options.lane).shuffled) shuffle(order, derive(round.seed, Purpose::order));
        for (const Cell& cell : order)
            plan.trials.push_back(make_trial(experiment, cell, round, options.lane));
    }
    if (options.complete)
        for (Trial& trial : plan.trials) options.complete(trial);
    if (!lane_row(options.lane).shuffled) group_by_boot(plan.trials);
    for (size_t i = 0; i < plan.trials.size(); i++) plan.trials[i].id = static_cast<int>(i);
    return plan;
}

void leave_out_arms(Plan& plan, const Experiment& experiment, const std::string& release,
                    const Lacking& lacking) {
    const auto lacks = [&](const Trial& trial, const Arm& arm) {
        if (trial.arm != arm.name) return std::string();
        const std::string why = lacking_for(trial, arm.needs, plan.target, release);
        return why.empty() && lacking ? lacking(trial) : why;
    };
    for (const Arm& arm : experiment.arms)
        if (arm.baseline)
            leave_out_factors(plan, arm, [&](const Trial& trial) { return lacks(trial, arm); });
    for (const Arm& arm : experiment.arms) {
        const auto left_out = [&](const Trial& trial) {
            const std::string why = lacks(trial, arm);
            if (why.empty()) return false;
            const std::string reason = fmt::format("{} is left out: {}", arm.name, why);
            if (arm.baseline)
                throw Error(Status::usage, reason + "; and it is the baseline", kElsewhere);
            if (!contains(plan.left_out, reason)) plan.left_out.push_back(reason);
            return true;
        };
        std::erase_if(plan.trials, left_out);
    }
    const auto compared = [&](const Trial& trial) { return is_compared(experiment, trial.arm); };
    if (!plan.left_out.empty() && std::none_of(plan.trials.begin(), plan.trials.end(), compared))
        throw Error(Status::usage, plan.left_out.front(), kElsewhere);
}

Json to_json(const Plan& plan) {
    return written(plan);
}

}  // namespace rxlab
