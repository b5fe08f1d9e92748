// SPDX-License-Identifier: GPL-2.0
// Where the instructions are executed: one trial of each arm under QEMU's plugin, function by
// function.
#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/perform.h"
#include "compare/cells.h"
#include "sys/sys.h"
#include "target/files.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <memory>

namespace rxlab {
namespace {

constexpr int kSchemaVersion = 1;
constexpr size_t kShown = 12;
constexpr double kLeast = 0.05;  // instructions per packet; what is below prints as 0

/// A trial's stacks, each per packet.
struct Attributed {
    std::string label;
    std::string arm;
    std::map<std::string, Json> factors;
    bool baseline = false;
    double packets = 0;
    Stacks stacks;
};

/// Instructions per packet in each function itself.
std::map<std::string, double> by_function(const Attributed& one) {
    std::map<std::string, double> sums;
    for (const auto& [path, count] : one.stacks)
        sums[path.substr(path.rfind(';') + 1)] += static_cast<double>(count) / one.packets;
    return sums;
}

Json json_of(const RunRequest& request, const Experiment& experiment, const Json& provenance,
             const std::vector<Attributed>& all) {
    Json cells = Json::array();
    for (const Attributed& one : all)
        cells.push_back({{"label", one.label},
                         {"arm", one.arm},
                         {"factors", one.factors},
                         {"baseline", one.baseline},
                         {"packets", one.packets},
                         {"instructions", total(one.stacks)},
                         {"stacks", one.stacks}});
    return {
        {"schema_version", kSchemaVersion},
        {"experiment", experiment.name},
        {"question", experiment.question},
        {"kernel", provenance["kernel"].value("release", "")},
        {"command", fmt::format("rxlab attribute {}{} --kernel {}", request.experiment,
                                request.seed == 1 ? "" : fmt::format(" --seed {}", request.seed),
                                request.vm.kernel)},
        {"cells", cells}};
}

/// The functions that differ most.
void print_differences(const Attributed& before, const Attributed& after) {
    const auto old = by_function(before), now = by_function(after);
    std::vector<std::pair<std::string, double>> differences;
    for (const auto& [name, count] : now)
        differences.emplace_back(name, count - (old.contains(name) ? old.at(name) : 0));
    for (const auto& [name, count] : old)
        if (!now.contains(name)) differences.emplace_back(name, -count);
    std::stable_sort(differences.begin(), differences.end(), [](const auto& a, const auto& b) {
        return std::abs(a.second) > std::abs(b.second);
    });
    fmt::print("\n{}: {:.1f} instructions per packet, {:+.1f} against {}\n", after.label,
               static_cast<double>(total(after.stacks)) / after.packets,
               static_cast<double>(total(after.stacks)) / after.packets -
                   static_cast<double>(total(before.stacks)) / before.packets,
               before.label);
    for (size_t i = 0; i < std::min(kShown, differences.size()); i++) {
        const auto& [name, difference] = differences[i];
        if (std::abs(difference) < kLeast) break;
        fmt::print("  {:<44} {:>10.1f} {:>10.1f} {:>+10.1f}\n", name,
                   old.contains(name) ? old.at(name) : 0, now.contains(name) ? now.at(name) : 0,
                   difference);
    }
}

const Attributed* baseline_of(const std::vector<Attributed>& all, const Attributed& one) {
    for (const Attributed& other : all)
        if (other.baseline && other.factors == one.factors) return &other;
    return nullptr;
}

void attribute(RunRequest request, bool json) {
    request.lane = "counted";
    request.target = "vm";
    request.rounds = 1;
    request.vm.attribute = true;
    const Experiment experiment = load_experiment(request.experiment);
    Plan plan = plan_for(request, experiment);
    const std::unique_ptr<Target> target = make_vm_target(request.vm);
    const Json provenance = target->provenance(plan);
    leave_out_arms(plan, experiment, provenance["kernel"].value("release", ""));
    const std::filesystem::path out =
        request.out.empty() ? default_out(request, plan, "attribution") : request.out;
    std::map<int, Attributed> by_id;
    target->run(
        plan, {},
        {[](const Observation&) {},
         [&](const std::string& line) {
             if (!request.quiet && !json) fmt::print(stderr, "  {}\n", line);
         },
         {},
         [&](const Observation& observation, const Stacks& stacks) {
             const Trial& trial = observation.trial;
             if (const auto found = faults(observation); !found.empty())
                 throw Error(Status::invalid, fmt::format("{}: {}", trial.arm, found.front()));
             const bool baseline =
                 std::any_of(experiment.arms.begin(), experiment.arms.end(),
                             [&](const Arm& arm) { return arm.baseline && arm.name == trial.arm; });
             by_id[trial.id] = {
                 name_of(Cell{trial.arm, trial.factors, {}, 0}), trial.arm, trial.factors, baseline,
                 observation.metrics.at("packets_sent").value,   stacks};
             if (!request.quiet && !json)
                 fmt::print(stderr, "  {}/{}  {}\n", by_id.size(), plan.trials.size(),
                            by_id[trial.id].label);
         }});
    std::vector<Attributed> all;
    for (auto& [id, one] : by_id) all.push_back(std::move(one));
    std::filesystem::create_directories(out);
    const Json document = json_of(request, experiment, provenance, all);
    write_whole(out / "attribution.json", document.dump(1) + "\n");
    if (request.report)
        run_or_throw(real_sys(),
                     {"/usr/bin/python3", checkout() / "runner" / "report" / "flame.py", out});
    if (json) {
        fmt::print("{}\n", document.dump(2));
        return;
    }
    fmt::print(
        "{}: executed instructions per packet, in each function itself: before, after, "
        "difference\n",
        experiment.name);
    for (const Attributed& one : all)
        if (const Attributed* before = baseline_of(all, one); before && before != &one)
            print_differences(*before, one);
    fmt::print("\nstacks  {}\n", (out / "attribution.json").string());
    if (request.report) fmt::print("report  {}\n", (out / "attribution.html").string());
}

}  // namespace

void define_attribute(CLI::App& app, int&) {
    auto request = std::make_shared<RunRequest>();
    auto json = std::make_shared<bool>(false);
    app.add_option("EXPERIMENT", request->experiment,
                   "a name from 'rxlab list', or the path of a file")
        ->required();
    app.add_option("--arm", request->arms, "only this arm and the baseline (may be repeated)");
    app.add_option("--seed", request->seed, "seed of boots, phases and flows");
    app.add_option("--kernel", request->vm.kernel, "6.12, 6.1 or the path of a bzImage");
    app.add_option("--out", request->out, "folder for the stacks and the flame graphs");
    app.add_flag("!--no-report", request->report, "do not draw the flame graphs");
    app.add_flag("-q,--quiet", request->quiet, "no progress");
    app.add_flag("--json", *json, "print the stacks as JSON");
    app.callback([=] { attribute(*request, *json); });
}

}  // namespace rxlab
