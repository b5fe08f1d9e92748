// SPDX-License-Identifier: GPL-2.0
#include "cmd/catalogue.h"
#include "cmd/options.h"
#include "experiment/experiment_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>

namespace rxlab {
namespace {

void print_arm(const Arm& arm) {
    fmt::print("  {:<20} {}{}\n", arm.name, arm.summary,
               arm.baseline    ? "  [baseline]"
               : arm.generator ? "  [generator alone]"
                               : "");
    if (!arm.builds_on.empty()) fmt::print("  {:<20}   builds on {}\n", "", arm.builds_on);
    if (!arm.setup.empty()) fmt::print("  {:<20}   setup {}\n", "", arm.setup.dump());
    if (!arm.knobs.empty()) fmt::print("  {:<20}   knobs {}\n", "", arm.knobs.dump());
    if (!arm.topology.empty()) fmt::print("  {:<20}   topology {}\n", "", arm.topology.dump());
    if (!arm.traffic.empty()) fmt::print("  {:<20}   traffic {}\n", "", arm.traffic.dump());
    if (!arm.boot.empty()) fmt::print("  {:<20}   boot {}\n", "", arm.boot.dump());
    if (!arm.expect.empty())
        fmt::print("  {:<20}   must fail: {}\n", "", fmt::join(arm.expect, ", "));
}

void print_experiment(const Experiment& experiment) {
    fmt::print("{}: {}\n\n{}\n\n", experiment.name, experiment.question, experiment.description);
    fmt::print(
        "lanes       {}\nmechanism   {}\nprimary     {}\ncollectors  {}\ntopology    {}\ntraffic   "
        "  {}\nboot        {}\n\narms\n",
        fmt::join(names_of(experiment.lanes), ", "), fmt::join(experiment.mechanism, ", "),
        fmt::join(experiment.primary, ", "), fmt::join(experiment.collectors, ", "),
        experiment.topology.dump(), experiment.traffic.dump(), experiment.boot.dump());
    for (const Arm& arm : experiment.arms) print_arm(arm);
    for (const Factor& factor : experiment.factors)
        fmt::print("\nfactor {}: {}\n", factor.name, Json(factor.values).dump());
}

}  // namespace

void define_show(CommandOptions command) {
    auto name = std::make_shared<std::string>();
    auto json = std::make_shared<bool>(false);
    auto schema = std::make_shared<bool>(false);
    const CommandOption experiment =
        command.option("EXPERIMENT", *name, "a name from 'rxlab list', or the path of a file");
    command.flag("--json", *json, "print JSON");
    command.flag("--schema", *schema, "print the JSON Schema of experiment files")
        .excludes(experiment);
    command.does([=] {
        if (*schema) {
            fmt::print("{}\n", experiment_schema(vocabulary()).dump(2));
            return;
        }
        if (name->empty()) throw_missing("EXPERIMENT");
        const Experiment loaded = load_experiment(*name);
        if (*json)
            fmt::print("{}\n", written(loaded).dump(2));
        else
            print_experiment(loaded);
    });
}

}  // namespace rxlab
