// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "base/output.h"
#include "cmd/options.h"
#include "cmd/perform.h"

#include <fmt/format.h>
#include <memory>
#include <optional>

namespace rxlab {
namespace {

int run(RunRequest request, bool json) {
    if (json) request.quiet = true;
    return show(perform(request), json, request.report);
}

int run_shard(RunRequest request, bool json) {
    if (json) request.quiet = true;
    const ShardOutcome outcome = perform_shard(request);
    const std::string sha = observations_sha256(outcome.result.observations);
    if (json) {
        const Json document{{"shard", to_string(*request.shard)},
                            {"trials", outcome.result.observations.size()},
                            {"valid", valid(outcome.result)},
                            {"out", outcome.out},
                            {"observations_sha256", sha}};
        fmt::print("{}\n", document.dump(2));
    } else {
        fmt::print("shard {}: {} of {} trials, observations_sha256 {}\n", to_string(*request.shard),
                   outcome.result.observations.size(), outcome.result.plan.trials.size(), sha);
        fmt::print("result  {}\n  next: rxlab merge, with the folders of all {} shards\n",
                   (outcome.out / "result.json").string(), request.shard->of);
    }
    return static_cast<int>(valid(outcome.result) ? Status::ok : Status::invalid);
}

/// The observation goes to stdout, all that the guest says to stderr.
struct Shown {
    void operator()(const happened::Observed& event) {
        fmt::print("{}\n", to_json(event.observation).dump(2));
    }
    void operator()(const happened::Console& event) { tell("{}", event.text); }
    void operator()(const happened::Note& event) { tell("  {}\n", event.text); }
    void operator()(const happened::LeftOut& event) { tell("  {}\n", event.reason); }
    template <typename Other>
    void operator()(const Other&) {}
};

int repeat_trial(const RunRequest& request, int id) {
    const CampaignRequest campaign = campaign_for(request);
    const std::unique_ptr<Strategy> strategy = make_strategy("single_trial", {{"trial", id}});
    strategy->next({.plan = campaign.plan});  // is it in the plan? asked before a guest is made
    run_campaign(campaign, *strategy, *executor_for(request, campaign.plan),
                 [](const CampaignEvent& event) { std::visit(Shown(), event); });
    return static_cast<int>(Status::ok);
}

}  // namespace

void define_run(CommandOptions command) {
    auto request = std::make_shared<RunRequest>();
    auto json = std::make_shared<bool>(false);
    auto trial = std::make_shared<std::optional<int>>();
    add_plan_options(command, *request);
    add_target_options(command, *request);
    auto shard = std::make_shared<std::optional<std::string>>();
    command.option("--shard", *shard,
                   "I/N: only the trials of the I-th of N machines; 'rxlab merge' joins their "
                   "folders to the result of all");
    command.flag("--json", *json, "print comparison.json; of a shard, what it observed, in short");
    command
        .option("--trial", *trial,
                "repeat only this trial, its console shown; prints the observation")
        .at_least(0);
    command.does([=] {
        if (*shard && *trial)
            throw Error(Status::usage, "a trial is repeated whatever shard it is of",
                        "--trial without --shard");
        if (*shard) request->shard = shard_from(**shard);
        if (*trial) return repeat_trial(*request, **trial);
        return request->shard ? run_shard(*request, *json) : run(*request, *json);
    });
}

}  // namespace rxlab
