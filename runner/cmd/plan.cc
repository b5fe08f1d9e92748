// SPDX-License-Identifier: GPL-2.0
#include "cmd/options.h"
#include "cmd/pace_file.h"
#include "cmd/request.h"
#include "session/session.h"

#include <fmt/format.h>
#include <memory>

namespace rxlab {
namespace {

constexpr const char* kMoreRounds =
    "--rounds N, or \"rounds\" in the experiment; or fewer arms, factor values or primary metrics";

void print_trials(const Plan& plan) {
    fmt::print("{}: {} trials, lane {}, target {}\n\n{:>5}  {:>5}  {:<20}  {:<16}  {:>5}  {}\n",
               plan.experiment, plan.trials.size(), to_string(plan.lane), plan.target, "trial",
               "round", "arm", "boot seed", "phase", "factors");
    for (const Trial& trial : plan.trials)
        fmt::print("{:>5}  {:>5}  {:<20}  {:<16x}  {:>5}  {}\n", trial.id, trial.round, trial.arm,
                   trial.boot_seed, trial.phase,
                   trial.factors.empty() ? "" : Json(trial.factors).dump());
}

struct PlannedShard {
    std::string name;  ///< "2/4"
    Forecast ahead;
};

/// What each of so many machines would run: all rounds, for only all of them together can tell
/// whether fewer decide.
std::vector<PlannedShard> shards_of(const RunRequest& request, const Plan& plan, const Pace& pace,
                                    int machines) {
    std::vector<PlannedShard> shards;
    for (const Plan& part : parts_of(plan, machines))
        shards.push_back({to_string(Shard{static_cast<int>(shards.size()) + 1, machines}),
                          forecast_for(request, part, pace)});
    return shards;
}

Json to_json(const std::vector<PlannedShard>& shards) {
    Json rows = Json::array();
    for (const PlannedShard& shard : shards)
        rows.push_back({{"shard", shard.name}, {"expected", to_json(shard.ahead)}});
    return rows;
}

/// The first trial of every arm and factor combination: the rounds only repeat them.
std::vector<const Trial*> distinct_trials(const Plan& plan) {
    std::vector<const Trial*> trials;
    for (const Trial& trial : plan.trials)
        if (trial.round == plan.trials.front().round) trials.push_back(&trial);
    return trials;
}

void print_changes(const Plan& plan, const UserPair& interface) {
    fmt::print(
        "\nWhat each trial changes on this machine, and takes back (nothing has been changed "
        "yet):\n");
    for (const Trial* trial : distinct_trials(plan)) {
        fmt::print("\n  arm {}{}\n", trial->arm,
                   trial->factors.empty() ? "" : " " + Json(trial->factors).dump());
        for (const std::string& line : describe_changes(*trial, interface))
            fmt::print("    {}\n", line);
    }
}

Json changes_json(const Plan& plan, const UserPair& interface) {
    Json changes = Json::array();
    for (const Trial* trial : distinct_trials(plan))
        changes.push_back({{"arm", trial->arm},
                           {"factors", trial->factors},
                           {"changes", describe_changes(*trial, interface)}});
    return changes;
}

}  // namespace

void define_plan(CommandOptions command) {
    auto request = std::make_shared<RunRequest>();
    auto json = std::make_shared<bool>(false);
    add_plan_options(command, *request);
    auto machines = std::make_shared<int>(0);
    command
        .option("--shards", *machines,
                "shared out among so many machines: what each 'rxlab run --shard I/N' would run")
        .between(1, 100'000);
    command.flag("--json", *json, "print JSON");
    command.does([=] {
        const Experiment experiment = load_experiment(request->experiment);
        const Plan plan = plan_for(*request, experiment);
        const std::string warning = too_few_rounds(plan, experiment);
        const Pace pace = pace_file().of(plan);
        const Forecast ahead = forecast_for(*request, plan, pace);
        Json document = to_json(plan);
        document["expected"] = to_json(ahead);
        document["warnings"] = warning.empty() ? Json::array() : Json::array({warning});
        std::vector<PlannedShard> shards;
        if (*machines) {
            shards = shards_of(*request, plan, pace, *machines);
            document["shards"] = to_json(shards);
        }
        if (plan.target == "host")
            document["changes"] = changes_json(plan, request->host.interface);
        if (*json) {
            fmt::print("{}\n", document.dump(2));
            return;
        }
        print_trials(plan);
        fmt::print("\n{}\n", in_words(ahead));
        if (const std::string brief = brief_words(*request, experiment); !brief.empty())
            fmt::print("{}\n", brief);
        for (const PlannedShard& shard : shards)
            fmt::print("shard {}: {}\n", shard.name, in_words(shard.ahead));
        if (plan.target == "host") print_changes(plan, request->host.interface);
        if (!warning.empty()) fmt::print("\nwarning: {}\n  next: {}\n", warning, kMoreRounds);
    });
}

}  // namespace rxlab
