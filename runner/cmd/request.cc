// SPDX-License-Identifier: GPL-2.0
#include "cmd/request.h"

#include "base/error.h"
#include "base/row_named.h"
#include "base/whole_file.h"
#include "cmd/perform.h"
#include "cmd/trust.h"
#include "experiment/resolve.h"
#include "session/session.h"
#include "target/files.h"
#include "target/kernels.h"
#include "traffic/traffic.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <ctime>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

/// Where it is a factor's, that of the first values.
std::string traffic_of(const Experiment& experiment) {
    std::map<std::string, Json> factors;
    for (const Factor& factor : experiment.factors) factors[factor.name] = factor.values.front();
    return filled(experiment.traffic, factors).value("kind", "");
}

bool is_program(const Experiment& experiment) {
    return row_named(kTraffics, kTrafficCount, traffic_of(experiment), "traffic").program;
}

std::string target_of(const RunRequest& request, const Experiment& experiment) {
    if (!request.target.empty()) return request.target;
    return is_program(experiment) ? "host" : "vm";
}

Lane lane_of(const RunRequest& request, const Experiment& experiment) {
    if (!request.lane.empty()) return *lane_from(request.lane);
    if (target_of(request, experiment) == "host") return host_lane();
    return experiment.lanes.front();
}

/// A kernel named by its path becomes part of a folder's name by its last component.
std::string kernel_word(const std::string& kernel) {
    return fs::path(kernel).filename();
}

/// What is not as it is by itself, but for experiment, target, lane and kernel; each with a blank
/// before it.
std::string options_again(const RunRequest& request, bool on_host) {
    std::string options;
    if (request.seed != 1) options += fmt::format(" --seed {}", request.seed);
    if (request.rounds) options += fmt::format(" --rounds {}", request.rounds);
    if (request.full) options += " --full";
    if (request.shard) options += " --shard " + to_string(*request.shard);
    for (const std::string& arm : request.arms) options += " --arm " + arm;
    if (!request.host.interface.names.empty())
        options += " --interface " + request.host.interface.names;
    if (request.host.interface.force) options += " --force";
    if (request.host.trust) options += " --trust";
    if (!on_host && request.vm.cpu != VmOptions{}.cpu) options += " --cpu " + request.vm.cpu;
    return options;
}

std::string repeat_command(const RunRequest& request, const Plan& plan) {
    std::string command = fmt::format("make run-experiment EXPERIMENT={} TARGET={} LANE={}",
                                      request.experiment, plan.target, to_string(plan.lane));
    if (plan.target == "vm") command += " KERNEL=" + request.vm.kernel;
    const std::string args = options_again(request, plan.target == "host");
    return args.empty() ? command : fmt::format("{} ARGS='{}'", command, args.substr(1));
}

/// A lane that stops by itself plans as many rounds as it may make at most.
Plan whole_plan(RunRequest request, const Experiment& experiment) {
    const Lane lane = lane_of(request, experiment);
    if (lane_row(lane).most_rounds && !request.rounds)
        request.rounds = most_rounds_of(experiment.rounds, lane);
    return plan_for(request, experiment);
}

}  // namespace

std::string command_again(const std::string& start, const RunRequest& request) {
    const bool on_host = request.target == "host";
    std::string command = start;
    if (!request.lane.empty()) command += " --lane " + request.lane;
    if (!request.target.empty()) command += " --target " + request.target;
    if (!on_host && !request.vm.kernel.empty()) command += " --kernel " + request.vm.kernel;
    return command + options_again(request, on_host);
}

fs::path out_for(const RunRequest& request, const Plan& plan, const std::string& word) {
    if (!request.out.empty()) return request.out;
    const std::string where = plan.target == "vm" ? kernel_word(request.vm.kernel) : "host";
    const std::time_t now = std::time(nullptr);
    const std::string name =
        fmt::format("{}-{}-{}-{:%Y%m%d-%H%M%S}", plan.experiment, word, where, fmt::localtime(now));
    fs::path folder = runs_folder() / name;
    for (int i = 2; fs::exists(folder); i++) folder = runs_folder() / fmt::format("{}-{}", name, i);
    return folder;
}

fs::path write_experiment(const fs::path& folder, const Json& document) {
    make_folder(folder);
    const fs::path file = folder / (document.at("name").get<std::string>() + ".json");
    write_whole(file, document.dump(1) + "\n");
    return file;
}

void add_plan_options(CommandOptions command, RunRequest& request) {
    command
        .option("EXPERIMENT", request.experiment, "a name from 'rxlab list', or the path of a file")
        .required();
    command
        .option("--target", request.target,
                "vm (safe, the default) or host (this machine; the default for programs like "
                "ring_bench)")
        .one_of({"vm", "host"});
    command.option("--lane", request.lane, lane_help()).one_of(lane_names());
    command.option("--arm", request.arms, "only this arm and the baseline (may be repeated)");
    command.option("--interface", request.host.interface.names,
                   "host target: GEN:DUT, two joined interfaces of this machine to send from and "
                   "to measure, instead of a pair of our own");
    command.flag("--force", request.host.interface.force,
                 "--interface: the two stay where they are, also such as this machine uses itself");
    command.flag("--trust", request.host.trust,
                 "host target: set knobs beyond the receive path too, and load whatever module an "
                 "experiment from elsewhere names");
    command.option("--rounds", request.rounds, "this many rounds instead of the experiment's")
        .between(1, 100'000);
    command.flag(
        "--full", request.full,
        "all rounds, also where fewer decide, and all arms and factor values, also where an "
        "experiment has a \"brief\" part that a run takes otherwise");
    command.option("--seed", request.seed, "seed of order, boots, phases and flows");
}

void add_guest_options(CommandOptions command, VmOptions& vm) {
    command.option("--cpu", vm.cpu, "QEMU's CPU model in the counted lane");
    command.option("--memory", vm.memory_mib, "MiB of a guest's memory").between(128, 65'536);
    command.option("--workers", vm.workers, "guests at once (0: one per CPU)").between(0, 1024);
    command.option("--timeout", vm.trial_timeout_s, "seconds a trial may take")
        .between(1.0, 86'400.0);
}

void add_display_options(CommandOptions command, RunRequest& request) {
    command.flag("!--no-report", request.report, "do not draw the report");
    command.flag("-q,--quiet", request.quiet, "no progress");
}

void add_null_option(CommandOptions command, RunRequest& request) {
    command
        .option("--null", request.null,
                "result of null-aa in this lane on this machine: a smaller difference than it "
                "shows counts as none")
        .existing_path();
}

void add_target_options(CommandOptions command, RunRequest& request) {
    command.option("--kernel", request.vm.kernel, kernel_words());
    command.option("--modules", request.vm.modules, "modules folder of a kernel given by path");
    add_guest_options(command, request.vm);
    add_null_option(command, request);
    command.option("--out", request.out,
                   "folder for result, comparison and report; an interrupted run there is resumed");
    add_display_options(command, request);
}

Plan plan_for(const RunRequest& request, const Experiment& experiment) {
    PlanOptions options;
    options.lane = lane_of(request, experiment);
    options.target = target_of(request, experiment);
    options.seed = request.seed;
    options.arms = request.arms;
    options.rounds = request.rounds;
    options.full = request.full;
    if (request.host.interface.names.empty()) options.complete = add_machine_needs;
    if (options.target == "vm" && is_program(experiment))
        throw Error(Status::usage,
                    fmt::format("traffic {} is a program of the host's, which no guest has",
                                traffic_of(experiment)),
                    "--target host, which needs no root for it");
    if (options.target == "vm" && !request.host.interface.names.empty())
        throw Error(Status::usage,
                    fmt::format("--interface {}: a VM has interfaces of its own only",
                                request.host.interface.names),
                    "--target host");
    if (options.target == "host" && lane_row(options.lane).in_guest_only)
        throw Error(Status::usage,
                    fmt::format("the {} lane counts {} of a guest; --target host has no guest",
                                to_string(options.lane), lane_row(options.lane).gives),
                    fmt::format("use --target vm, or --lane {}", to_string(host_lane())));
    const Plan plan = make_plan(experiment, options);
    for (const Trial& trial : plan.trials)
        require_fit(trial, !request.host.interface.names.empty());
    if (plan.target == "host" && !request.host.trust)
        require_trusted(plan, !comes_with(data_folder(), request.experiment));
    return plan;
}

std::string brief_words(const RunRequest& request, const Experiment& experiment) {
    if (request.full || (experiment.brief.arms.empty() && experiment.brief.factors.empty()))
        return "";
    RunRequest whole = request;
    whole.full = true;
    const size_t part = plan_for(request, experiment).trials.size(),
                 all = plan_for(whole, experiment).trials.size();
    return part == all ? "" : fmt::format("the brief part; --full is {} trials", all);
}

CampaignRequest campaign_for(const RunRequest& request) {
    CampaignRequest campaign;
    campaign.experiment = load_experiment(request.experiment);
    campaign.plan = whole_plan(request, campaign.experiment);
    campaign.stamp = {
        {"rxlab_version", version()},
        {"kernel_asked", {{"kernel", request.vm.kernel}, {"modules", request.vm.modules}}},
        {"command", repeat_command(request, campaign.plan)}};
    if (request.shard) {
        RunRequest whole = request;
        whole.shard.reset();
        campaign.stamp["shard"] = shard_stamp(*request.shard, repeat_command(whole, campaign.plan));
    }
    return campaign;
}

std::unique_ptr<Strategy> strategy_for(const RunRequest& request, const Plan& plan) {
    if (request.shard) return make_strategy("one_shard", {{"shard", to_string(*request.shard)}});
    if (!plan.looks.empty())
        return make_strategy("until_decided", {{"floor", floor_from(request.null, plan.lane)},
                                               {"each", request.each}});
    return make_strategy(lane_row(plan.lane).most_rounds && !request.rounds ? "until_precise"
                                                                            : "whole_plan");
}

std::unique_ptr<Executor> executor_for(const RunRequest& request, const Plan& plan) {
    return plan.target == "vm" ? make_vm_executor(request.vm) : make_host_executor(request.host);
}

}  // namespace rxlab
