// SPDX-License-Identifier: GPL-2.0
#include "cmd/perform.h"

#include "base/error.h"
#include "base/row_named.h"
#include "compare/null_floor.h"
#include "result/store.h"
#include "sys/sys.h"
#include "target/files.h"
#include "traffic/traffic.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <chrono>
#include <ctime>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

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

void make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        throw Error(Status::invalid,
                    fmt::format("{}: cannot be made: {}", folder.string(), error.message()),
                    "choose another folder with --out");
}

/// Progress for people: one line that rewrites itself on a terminal, a line now and then elsewhere.
class Progress {
public:
    Progress(size_t total, size_t done, bool quiet)
        : total_(total), done_(done), quiet_(quiet), terminal_(::isatty(STDERR_FILENO)) {}
    ~Progress() {
        if (terminal_ && drawn_) fmt::print(stderr, "\n");
    }
    void observed(const Observation& observation) {
        done_++;
        const bool last = done_ == total_;
        if (quiet_ || (!terminal_ && !last && seconds_since(printed_) < 5)) return;
        printed_ = Clock::now();
        const std::string line =
            fmt::format("  trial {}/{}  {} round {}  {:.0f} s", done_, total_,
                        observation.trial.arm, observation.trial.round, seconds_since(start_));
        if (terminal_)
            fmt::print(stderr, "\r{:<78}", line);
        else
            fmt::print(stderr, "{}\n", line);
        drawn_ = true;
        std::fflush(stderr);
    }
    void say(const std::string& line) {
        if (quiet_) return;
        if (terminal_ && drawn_) fmt::print(stderr, "\r{:<78}\r", "");
        fmt::print(stderr, "  {}\n", line);
    }

private:
    size_t total_, done_;
    bool quiet_, terminal_, drawn_ = false;
    Clock::time_point start_ = Clock::now(), printed_{};
};

/// The plan's trials of rounds before `rounds`.
Plan first_rounds(const Plan& plan, int rounds) {
    Plan part = plan;
    std::erase_if(part.trials, [&](const Trial& trial) { return trial.round >= rounds; });
    return part;
}

int rounds_in(const Plan& plan) {
    int rounds = 0;
    for (const Trial& trial : plan.trials) rounds = std::max(rounds, trial.round + 1);
    return rounds;
}

/// The timed lane plans as many rounds as it may make at most.
Plan whole_plan(RunRequest request, const Experiment& experiment) {
    if (lane_of(request, experiment) == Lane::timed && !request.rounds)
        request.rounds = experiment.rounds.timed_max;
    return plan_for(request, experiment);
}

/// The timed lane goes on, round by round, until the intervals are narrow enough or the cap is
/// reached; the other lanes run their whole plan at once.
int rounds_at_first(const RunRequest& request, const Experiment& experiment, const Plan& plan) {
    if (plan.lane != Lane::timed || request.rounds > 0) return rounds_in(plan);
    return std::min(experiment.rounds.timed, rounds_in(plan));
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
    if (plan.target == "vm" && request.vm.cpu != VmOptions{}.cpu)
        args += " --cpu " + request.vm.cpu;
    return args.empty() ? command : fmt::format("{} ARGS='{}'", command, args.substr(1));
}

/// Of the kernel that is measured: the VM's, or the host's own.
std::string kernel_release_of(const Json& provenance) {
    if (provenance.contains("kernel")) return provenance["kernel"].value("release", "");
    return provenance.value("host", Json::object()).value("kernel", "");
}

std::vector<Observation> in_plan_order(std::map<int, Observation> by_id) {
    std::vector<Observation> observations;
    for (auto& [id, observation] : by_id) observations.push_back(std::move(observation));
    return observations;
}

}  // namespace

fs::path default_out(const RunRequest& request, const Plan& plan, const std::string& word) {
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
    return make_plan(experiment, options);
}

std::unique_ptr<Target> target_for(const RunRequest& request, const Plan& plan) {
    return plan.target == "vm" ? make_vm_target(request.vm) : make_host_target(request.host);
}

Result load_result(const fs::path& path) {
    return result_from_json(read_json(fs::is_directory(path) ? path / "result.json" : path));
}

CompareOptions compare_options(const fs::path& null, Lane lane) {
    return {null.empty() ? 0 : null_floor(load_result(null), lane)};
}

void write_report(const fs::path& folder) {
    run_or_throw(real_sys(),
                 {"/usr/bin/python3", checkout() / "runner" / "report" / "report.py", folder});
}

RunOutcome perform(const RunRequest& request) {
    const Clock::time_point start = Clock::now();
    RunOutcome outcome;
    Result& result = outcome.result;
    result.experiment = load_experiment(request.experiment);
    result.plan = whole_plan(request, result.experiment);
    outcome.out = request.out.empty()
                      ? default_out(request, result.plan, to_string(result.plan.lane))
                      : request.out;
    const std::unique_ptr<Target> target = target_for(request, result.plan);

    const CompareOptions options = compare_options(request.null, result.plan.lane);
    result.provenance = target->provenance(result.plan);
    leave_out_arms(result.plan, result.experiment, kernel_release_of(result.provenance));
    make_folder(outcome.out);
    Store store(outcome.out, result.plan, result.provenance);
    result.provenance["rxlab_version"] = version();
    result.provenance["kernel_asked"] = {{"kernel", request.vm.kernel},
                                         {"modules", request.vm.modules}};
    result.provenance["command"] = repeat_command(request, result.plan);
    std::map<int, Observation> seen;
    for (Observation& observation : store.load())
        seen.emplace(observation.trial.id, std::move(observation));
    Progress progress(result.plan.trials.size(), seen.size(), request.quiet);
    for (const std::string& reason : result.plan.left_out) progress.say(reason);
    if (const std::string warning = too_few_rounds(result.plan, result.experiment);
        !warning.empty())
        progress.say("warning: " + warning);
    if (!seen.empty())
        progress.say(fmt::format("resuming: {} of {} trials are in {}", seen.size(),
                                 result.plan.trials.size(), outcome.out.string()));
    const TargetEvents events{
        [&](const Observation& observation) {
            store.append(observation);
            seen[observation.trial.id] = observation;
            progress.observed(observation);
        },
        [&](const std::string& line) { progress.say(line); },
    };

    const int all = rounds_in(result.plan);
    for (int rounds = rounds_at_first(request, result.experiment, result.plan);; rounds++) {
        const Plan part = first_rounds(result.plan, rounds);
        std::set<int> done;
        for (const auto& [id, observation] : seen) done.insert(id);
        target->run(part, done, events);
        result.observations = in_plan_order(seen);
        if (rounds >= all || primary_precise_enough(result)) break;
    }
    check_rounds_distinct(result);
    result.wall_s = seconds_since(start);
    write_whole(outcome.out / "result.json", to_json(result).dump(1) + "\n");
    outcome.comparison = compare(result, options);
    write_whole(outcome.out / "comparison.json", outcome.comparison.json.dump(1) + "\n");
    if (request.report) write_report(outcome.out);
    return outcome;
}

}  // namespace rxlab
