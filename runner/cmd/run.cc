// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "base/output.h"
#include "cmd/options.h"
#include "cmd/perform.h"
#include "compare/table.h"

#include <fmt/format.h>
#include <memory>
#include <optional>

namespace rxlab {
namespace {

void print_outcome(const RunOutcome& outcome, bool report) {
    fmt::print("{}\n", text_table(outcome.comparison));
    print_files(outcome.out / "result.json", outcome.out / "report.html", report);
}

int run(RunRequest request, bool json) {
    if (json) request.quiet = true;
    const RunOutcome outcome = perform(request);
    if (json) {
        Json document = to_json(outcome.comparison);
        document["out"] = outcome.out;
        document["observations_sha256"] = observations_sha256(outcome.result.observations);
        fmt::print("{}\n", document.dump(2));
    } else {
        print_outcome(outcome, request.report);
    }
    return static_cast<int>(outcome.comparison.status);
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
    command.flag("--json", *json, "print comparison.json");
    command
        .option("--trial", *trial,
                "repeat only this trial, its console shown; prints the observation")
        .at_least(0);
    command.does([=] { return *trial ? repeat_trial(*request, **trial) : run(*request, *json); });
}

}  // namespace rxlab
