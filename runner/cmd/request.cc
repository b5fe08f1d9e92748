// SPDX-License-Identifier: GPL-2.0
#include "cmd/request.h"

#include "base/error.h"
#include "base/row_named.h"
#include "cmd/trust.h"
#include "target/files.h"
#include "traffic/traffic.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <ctime>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

bool is_program(const Experiment& experiment) {
    return row_named(kTraffics, kTrafficCount, experiment.traffic.value("kind", ""), "traffic")
        .program;
}

std::string target_of(const RunRequest& request, const Experiment& experiment) {
    if (!request.target.empty()) return request.target;
    return is_program(experiment) ? "host" : "vm";
}

Lane lane_of(const RunRequest& request, const Experiment& experiment) {
    if (!request.lane.empty()) return *lane_from(request.lane);
    if (target_of(request, experiment) == "host") return Lane::timed;
    return *lane_from(experiment.lanes.front());
}

/// A kernel named by its path becomes part of a folder's name by its last component.
std::string kernel_word(const std::string& kernel) {
    return fs::path(kernel).filename();
}

std::string repeat_command(const RunRequest& request, const Plan& plan) {
    std::string command = fmt::format("make run-experiment EXPERIMENT={} TARGET={} LANE={}",
                                      request.experiment, plan.target, to_string(plan.lane));
    if (plan.target == "vm") command += " KERNEL=" + request.vm.kernel;
    std::string args;
    if (request.seed != 1) args += fmt::format(" --seed {}", request.seed);
    if (request.rounds) args += fmt::format(" --rounds {}", request.rounds);
    for (const std::string& arm : request.arms) args += " --arm " + arm;
    if (!request.host.interface.empty()) args += " --interface " + request.host.interface;
    if (request.host.trust) args += " --trust";
    if (plan.target == "vm" && request.vm.cpu != VmOptions{}.cpu)
        args += " --cpu " + request.vm.cpu;
    return args.empty() ? command : fmt::format("{} ARGS='{}'", command, args.substr(1));
}

/// The timed lane plans as many rounds as it may make at most.
Plan whole_plan(RunRequest request, const Experiment& experiment) {
    if (lane_of(request, experiment) == Lane::timed && !request.rounds)
        request.rounds = experiment.rounds.timed_max;
    return plan_for(request, experiment);
}

}  // namespace

fs::path out_for(const RunRequest& request, const Plan& plan, const std::string& word) {
    if (!request.out.empty()) return request.out;
    const std::string where = plan.target == "vm" ? kernel_word(request.vm.kernel) : "host";
    const std::time_t now = std::time(nullptr);
    const std::string name =
        fmt::format("{}-{}-{}-{:%Y%m%d-%H%M%S}", plan.experiment, word, where, fmt::localtime(now));
    fs::path folder = checkout() / "results" / "runs" / name;
    for (int i = 2; fs::exists(folder); i++)
        folder = checkout() / "results" / "runs" / fmt::format("{}-{}", name, i);
    return folder;
}

void add_plan_options(CLI::App& app, RunRequest& request) {
    app.add_option("EXPERIMENT", request.experiment,
                   "a name from 'rxlab list', or the path of a file")
        ->required();
    app.add_option("--target", request.target,
                   "vm (safe, the default) or host (this machine; the default for programs like "
                   "ring_bench)")
        ->check(CLI::IsMember({"vm", "host"}));
    app.add_option("--lane", request.lane,
                   "counted (instructions), timed (ns) or functional (correctness)")
        ->check(CLI::IsMember({"counted", "timed", "functional"}));
    app.add_option("--arm", request.arms, "only this arm and the baseline (may be repeated)");
    app.add_option("--interface", request.host.interface,
                   "host target: GEN:DUT, two joined interfaces of this machine to send from and "
                   "to measure, instead of a pair of our own");
    app.add_flag("--trust", request.host.trust,
                 "host target: set knobs beyond the receive path too, and load whatever module an "
                 "experiment from elsewhere names");
    app.add_option("--rounds", request.rounds, "this many rounds instead of the experiment's")
        ->check(CLI::Range(1, 100'000));
    app.add_option("--seed", request.seed, "seed of order, boots, phases and flows");
}

void add_target_options(CLI::App& app, RunRequest& request) {
    app.add_option("--kernel", request.vm.kernel, "6.12, 6.1 or the path of a bzImage");
    app.add_option("--modules", request.vm.modules, "modules folder of a kernel given by path");
    app.add_option("--cpu", request.vm.cpu, "QEMU's CPU model in the counted lane");
    app.add_option("--workers", request.vm.workers, "guests at once (0: one per CPU)")
        ->check(CLI::Range(0, 1024));
    app.add_option("--null", request.null,
                   "result of null-aa in this lane on this machine: a smaller difference than it "
                   "shows counts as none")
        ->check(CLI::ExistingPath);
    app.add_option("--timeout", request.vm.trial_timeout_s, "seconds a trial may take")
        ->check(CLI::Range(1.0, 86'400.0));
    app.add_option("--out", request.out,
                   "folder for result, comparison and report; an interrupted run there is resumed");
    app.add_flag("!--no-report", request.report, "do not draw the report");
    app.add_flag("-q,--quiet", request.quiet, "no progress");
}

Plan plan_for(const RunRequest& request, const Experiment& experiment) {
    PlanOptions options;
    options.lane = lane_of(request, experiment);
    options.target = target_of(request, experiment);
    options.seed = request.seed;
    options.arms = request.arms;
    options.rounds = request.rounds;
    if (options.target == "vm" && is_program(experiment))
        throw Error(Status::usage,
                    fmt::format("traffic {} is a program of the host's, which no guest has",
                                experiment.traffic.value("kind", "")),
                    "--target host, which needs no root for it");
    if (options.target == "vm" && !request.host.interface.empty())
        throw Error(Status::usage,
                    fmt::format("--interface {}: a VM has interfaces of its own only",
                                request.host.interface),
                    "--target host");
    if (options.target == "host" && options.lane == Lane::counted)
        throw Error(Status::usage,
                    "the counted lane counts instructions of a guest; --target host has no guest",
                    "use --target vm, or --lane timed");
    Plan plan = make_plan(experiment, options);
    if (plan.target == "host" && !request.host.trust)
        require_trusted(plan, !comes_with(checkout(), request.experiment));
    return plan;
}

CampaignRequest campaign_for(const RunRequest& request) {
    CampaignRequest campaign;
    campaign.experiment = load_experiment(request.experiment);
    campaign.plan = whole_plan(request, campaign.experiment);
    campaign.stamp = {
        {"rxlab_version", version()},
        {"kernel_asked", {{"kernel", request.vm.kernel}, {"modules", request.vm.modules}}},
        {"command", repeat_command(request, campaign.plan)}};
    return campaign;
}

std::unique_ptr<Strategy> strategy_for(const RunRequest& request, const Plan& plan) {
    return make_strategy(plan.lane == Lane::timed && !request.rounds ? "until_precise"
                                                                     : "whole_plan");
}

std::unique_ptr<Executor> executor_for(const RunRequest& request, const Plan& plan) {
    return plan.target == "vm" ? make_vm_executor(request.vm) : make_host_executor(request.host);
}

}  // namespace rxlab
