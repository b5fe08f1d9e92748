// SPDX-License-Identifier: GPL-2.0
// Every experiment on every kernel, each a campaign in a time box of its own, and one index page.
#include "base/error.h"
#include "base/interrupt.h"
#include "base/output.h"
#include "base/steady.h"
#include "base/whole_file.h"
#include "cmd/catalogue.h"
#include "cmd/options.h"
#include "cmd/perform.h"
#include "plan/plan.h"
#include "target/files.h"
#include "target/kernels.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <algorithm>
#include <ctime>
#include <memory>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

struct NightlyRequest {
    std::vector<std::string> kernels = kernel_names();
    std::vector<std::string> experiments;  ///< empty: all
    fs::path out;                          ///< empty: results/runs/DATE
    int minutes = 15;                      ///< time box of one experiment on one kernel
    int rounds = 0;
};

struct Job {
    std::string experiment, kernel, lane;
};

constexpr const char* kNullExperiment =
    "null-aa";  ///< goes first: what it shows is the floor of the others

/// How bad an exit status is; the night's is the worst.
int severity(int status) {
    constexpr int kOrder[] = {0, 3, 1, 4, 2, 5, 130};
    return static_cast<int>(std::find(std::begin(kOrder), std::end(kOrder), status) - kOrder);
}

/// The first of its lanes that any VM can give; empty: none.
std::string vm_lane(const Experiment& experiment) {
    for (const Lane lane : experiment.lanes)
        if (!lane_row(lane).needs_kvm) return to_string(lane);
    return "";
}

std::vector<Job> jobs_of(const NightlyRequest& request) {
    std::vector<Job> jobs;
    std::vector<std::string> names =
        request.experiments.empty() ? experiment_names() : request.experiments;
    std::stable_partition(names.begin(), names.end(),
                          [](const std::string& name) { return name == kNullExperiment; });
    for (const std::string& name : names) {
        const std::string lane = vm_lane(load_experiment(name));
        for (const std::string& kernel : request.kernels)
            if (!lane.empty()) jobs.push_back({name, kernel, lane});
    }
    return jobs;
}

/// The index of the night before: the newest sibling folder that has one.
Json index_before(const fs::path& night) {
    fs::path newest;
    if (fs::exists(night.parent_path()))
        for (const auto& entry : fs::directory_iterator(night.parent_path()))
            if (entry.path().filename() < night.filename() && entry.path() > newest &&
                fs::exists(entry.path() / "index.json"))
                newest = entry.path();
    return newest.empty() ? Json::array() : read_json(newest / "index.json");
}

Json previous_row(const Json& before, const Job& job) {
    for (const Json& row : before)
        if (row["experiment"] == job.experiment && row["kernel"] == job.kernel &&
            row["lane"] == job.lane)
            return row;
    return Json::object();
}

/// For a row of the index: the reason may stand in any line.
std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

fs::path folder_of(const fs::path& night, const std::string& experiment,
                   const std::string& kernel) {
    return night / fmt::format("{}-{}", experiment, kernel);
}

RunRequest request_of(const NightlyRequest& request, const Job& job, const fs::path& night) {
    RunRequest run;
    run.experiment = job.experiment;
    run.lane = job.lane;
    run.vm.kernel = job.kernel;
    run.rounds = request.rounds;
    run.full = true;
    run.out = folder_of(night, job.experiment, job.kernel);
    run.quiet = true;
    const fs::path null = folder_of(night, kNullExperiment, job.kernel);
    if (job.lane == to_string(exact_lane()) && job.experiment != kNullExperiment &&
        fs::exists(null / "result.json"))
        run.null = null;
    return run;
}

struct Ending {
    Status status = Status::ok;
    std::string message;
};

/// What fails costs only itself; only Ctrl-C ends the night.
Ending run_in_box(const RunRequest& request, int minutes) {
    const TimeBox box(minutes * 60);
    try {
        return {perform(request).comparison.status, ""};
    } catch (const Error& error) {
        if (error.status() != Status::interrupted) return {error.status(), one_line(error.what())};
        if (box.over()) return {Status::lost, fmt::format("stopped after its {} minutes", minutes)};
        throw;
    } catch (const std::exception& error) {
        return {Status::lost, one_line(error.what()) + " (a fault in rxlab itself)"};
    }
}

/// Of a campaign that got so far, whatever happened after.
std::optional<Comparison> comparison_in(const fs::path& folder) {
    if (!fs::exists(folder / "comparison.json")) return std::nullopt;
    return comparison_from_json(read_json(folder / "comparison.json"));
}

Json run_job(const NightlyRequest& request, const Job& job, const fs::path& night,
             const Json& before) {
    const RunRequest run = request_of(request, job, night);
    const auto start = Steady::now();
    const Ending ending = run_in_box(run, request.minutes);
    const double seconds = seconds_since(start);
    const std::optional<Comparison> comparison = comparison_in(run.out);
    const Json earlier = previous_row(before, job);
    const Json verdict = comparison ? Json(comparison->verdict) : Json(),
               previous = earlier.value("verdict", Json());
    return {{"experiment", job.experiment},
            {"kernel", job.kernel},
            {"lane", job.lane},
            {"seconds", seconds},
            {"path", run.out.filename()},
            {"status", static_cast<int>(ending.status)},
            {"verdict", verdict},
            {"verdict_words", comparison ? comparison->verdict_words : ""},
            {"previous_verdict", previous},
            {"previous_verdict_words", earlier.value("verdict_words", "")},
            {"change", previous.is_null() || previous == verdict ? "" : "changed"},
            {"message", ending.message}};
}

void print_row(const Json& row) {
    fmt::print("{:<24} {:<6} {:<11} status {:<4} {:<14} {:>5.0f} s  {}\n",
               row["experiment"].get<std::string>(), row["kernel"].get<std::string>(),
               row["lane"].get<std::string>(), row["status"].get<int>(),
               row["verdict"].is_null() ? "-" : row["verdict"].get<std::string>(),
               row["seconds"].get<double>(), row["message"].get<std::string>());
    flush_output();
}

/// @returns the index, which is written after each experiment: a night cut short has its page
Json run_all(const NightlyRequest& request, const fs::path& night, bool quiet) {
    const Json before = index_before(night);
    Json index = Json::array();
    for (const Job& job : jobs_of(request)) {
        throw_if_interrupted();
        index.push_back(run_job(request, job, night, before));
        if (!quiet) print_row(index.back());
        write_whole(night / "index.json", index.dump(1) + "\n");
        draw("index.py", night);
    }
    return index;
}

int worst_of(const Json& index) {
    int worst = 0;
    for (const Json& row : index)
        if (severity(row["status"]) > severity(worst)) worst = row["status"];
    return worst;
}

int nightly(const NightlyRequest& request, bool json) {
    const std::time_t now = std::time(nullptr);
    const fs::path night = request.out.empty()
                               ? runs_folder() / fmt::format("{:%Y-%m-%d}", fmt::localtime(now))
                               : request.out;
    make_folder(night);
    Json index;
    try {
        index = run_all(request, night, json);
    } catch (const Error& error) {
        if (error.status() != Status::interrupted) throw;
        throw Error(Status::interrupted,
                    "interrupted; finished experiments are in " + night.string());
    }
    if (json)
        fmt::print("{}\n", index.dump(2));
    else
        fmt::print("index   {}\n", (night / "index.html").string());
    return worst_of(index);
}

}  // namespace

void define_nightly(CommandOptions command) {
    auto request = std::make_shared<NightlyRequest>();
    auto json = std::make_shared<bool>(false);
    command.option("--kernel", request->kernels, "kernels (default: all that have a name)");
    command.option("--experiment", request->experiments, "only these experiments");
    command.option("--out", request->out, "folder (default: results/runs/DATE)");
    command.option("--minutes", request->minutes, "time box of one experiment on one kernel")
        .between(1, 1'440);
    command.option("--rounds", request->rounds, "rounds instead of each experiment's own")
        .between(1, 100'000);
    command.flag("--json", *json, "print JSON");
    command.does([=] { return nightly(*request, *json); });
}

}  // namespace rxlab
