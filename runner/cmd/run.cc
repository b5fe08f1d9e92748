// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/perform.h"
#include "compare/table.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <memory>

namespace rxlab {
namespace {

void print_outcome(const RunOutcome& outcome, bool report) {
    fmt::print("{}\n", text_table(outcome.comparison.json));
    fmt::print("result  {}\n", (outcome.out / "result.json").string());
    if (report) fmt::print("report  {}\n", (outcome.out / "report.html").string());
}

int run(RunRequest request, bool json) {
    if (json) request.quiet = true;
    const RunOutcome outcome = perform(request);
    if (json) {
        Json document = outcome.comparison.json;
        document["out"] = outcome.out;
        document["observations_sha256"] = observations_sha256(outcome.result.observations);
        fmt::print("{}\n", document.dump(2));
    } else {
        print_outcome(outcome, request.report);
    }
    return static_cast<int>(outcome.comparison.status);
}

int repeat_trial(const RunRequest& request, int id) {
    Plan plan = plan_for(request, load_experiment(request.experiment));
    std::erase_if(plan.trials, [&](const Trial& trial) { return trial.id != id; });
    if (plan.trials.empty())
        throw Error(Status::usage, fmt::format("the plan has no trial {}", id),
                    fmt::format("rxlab plan {} lists them", request.experiment));
    const TargetEvents events{
        [](const Observation& observation) { fmt::print("{}\n", to_json(observation).dump(2)); },
        [](const std::string& line) { fmt::print(stderr, "  {}\n", line); },
        [](const std::string& console) { fmt::print(stderr, "{}", console); },
    };
    target_for(request, plan)->run(plan, {}, events);
    return static_cast<int>(Status::ok);
}

}  // namespace

void define_run(CLI::App& app, int& status) {
    auto request = std::make_shared<RunRequest>();
    auto json = std::make_shared<bool>(false);
    auto trial = std::make_shared<int>(-1);
    add_plan_options(app, *request);
    add_target_options(app, *request);
    app.add_flag("--json", *json, "print comparison.json");
    app.add_option("--trial", *trial,
                   "repeat only this trial, its console shown; prints the observation");
    app.callback([=, &status] {
        status = *trial < 0 ? run(*request, *json) : repeat_trial(*request, *trial);
    });
}

}  // namespace rxlab
