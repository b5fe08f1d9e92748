// SPDX-License-Identifier: GPL-2.0
// Every experiment on every kernel, each a campaign in a time box of its own, and one index page.
#include "base/error.h"
#include "base/interrupt.h"
#include "base/lines.h"
#include "base/output.h"
#include "base/printable.h"
#include "base/steady.h"
#include "base/whole_file.h"
#include "cmd/catalogue.h"
#include "cmd/night.h"
#include "cmd/options.h"
#include "cmd/pace_file.h"
#include "cmd/perform.h"
#include "history/add.h"
#include "plan/plan.h"
#include "target/files.h"
#include "target/kernels.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <ctime>
#include <limits>
#include <memory>
#include <set>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

struct NightlyRequest {
    std::vector<std::string> kernels = kernel_names();
    std::vector<std::string> experiments;  ///< empty: all
    fs::path out;                          ///< empty: results/runs/DATE
    int minutes = 15;                      ///< time box of one experiment on one kernel
    int total_minutes = 0;                 ///< of the whole night; 0: none
    int rounds = 0;
    bool full = false;  ///< every case and round, not what answers soon
};

constexpr const char* kNullExperiment =
    "null-aa";  ///< goes first: what it shows is the floor of the others

/// The first of its lanes that any VM can give; empty: none.
std::string vm_lane(const Experiment& experiment) {
    for (const Lane lane : experiment.lanes)
        if (!lane_row(lane).needs_kvm) return to_string(lane);
    return "";
}

/// @throws Error(Status::usage): two that go by one name would share a folder
std::vector<NightJob> jobs_of(const NightlyRequest& request) {
    std::vector<NightJob> jobs;
    std::set<std::string> names;
    for (const std::string& source :
         request.experiments.empty() ? experiment_names() : request.experiments) {
        const Experiment experiment = load_experiment(source);
        if (!names.insert(experiment.name).second)
            throw Error(Status::usage,
                        fmt::format("{}: the night has {} already", source, experiment.name),
                        "name each experiment once");
        const std::string lane = vm_lane(experiment);
        for (const std::string& kernel : request.kernels)
            if (!lane.empty()) jobs.push_back({experiment.name, kernel, lane, source});
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

fs::path folder_of(const fs::path& night, const std::string& experiment,
                   const std::string& kernel) {
    return night / fmt::format("{}-{}", experiment, kernel);
}

RunRequest request_of(const NightlyRequest& request, const NightJob& job, const fs::path& night) {
    RunRequest run;
    run.experiment = job.source;
    run.lane = job.lane;
    run.vm.kernel = job.kernel;
    run.rounds = request.rounds;
    run.full = request.full;
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
    bool is_cut = false;  ///< by its time box
};

/// What fails costs only itself; only Ctrl-C ends the night.
Ending run_in_box(const RunRequest& request, double seconds) {
    const TimeBox box(seconds);
    try {
        return {perform(request).comparison.status, ""};
    } catch (const Error& error) {
        if (error.status() != Status::interrupted) return {error.status(), one_line(error.what())};
        if (box.over())
            return {Status::lost, fmt::format("stopped after its {:.0f} minutes", seconds / 60),
                    true};
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

/// What is known of a job before it is run: nothing but what it was.
Json row_for(const NightJob& job, const Json& before) {
    const auto [previous, previous_words] = last_verdict(before, job);
    return {{"experiment", job.experiment},
            {"kernel", job.kernel},
            {"lane", job.lane},
            {"seconds", 0.0},
            {"path", ""},
            {"status", static_cast<int>(Status::inconclusive)},
            {"verdict", nullptr},
            {"verdict_words", ""},
            {"previous_verdict", previous},
            {"previous_verdict_words", previous_words},
            {"change", ""},
            {"left", false},
            {"message", ""}};
}

Json left_row(const NightJob& job, const Json& before, int total_minutes) {
    Json row = row_for(job, before);
    row["left"] = true;
    row["message"] = fmt::format("not begun in the night's {} minutes", total_minutes);
    return row;
}

Json run_job(const NightlyRequest& request, const NightJob& job, const fs::path& night,
             const Json& before, double seconds_left) {
    const RunRequest run = request_of(request, job, night);
    const auto start = Steady::now();
    const double box = std::min(request.minutes * 60.0, seconds_left);
    const Ending ending = run_in_box(run, box);
    Json row = row_for(job, before);
    row["seconds"] = seconds_since(start);
    row["path"] = run.out.filename();
    row["status"] = static_cast<int>(ending.status);
    row["message"] = ending.message;
    row["left"] = ending.is_cut && box < request.minutes * 60;
    if (const std::optional<Comparison> comparison = comparison_in(run.out)) {
        row["verdict"] = comparison->verdict;
        row["verdict_words"] = comparison->verdict_words;
    }
    const Json& previous = row["previous_verdict"];
    if (!previous.is_null() && previous != row["verdict"]) row["change"] = "changed";
    return row;
}

void print_row(const Json& row) {
    fmt::print("{:<24} {:<6} {:<11} status {:<4} {:<14} {:>5.0f} s  {}\n",
               row["experiment"].get<std::string>(), row["kernel"].get<std::string>(),
               row["lane"].get<std::string>(), row["status"].get<int>(),
               row["verdict"].is_null() ? "-" : row["verdict"].get<std::string>(),
               row["seconds"].get<double>(), row["message"].get<std::string>());
    flush_output();
}

/// What the night will take, as its experiments did on this machine so far; what cannot be planned
/// will fail by itself.
std::string forecast_words(const NightlyRequest& request, const std::vector<NightJob>& jobs,
                           const fs::path& night) {
    PaceFile paces = pace_file();
    double likely_s = 0, most_s = 0;
    for (const NightJob& job : jobs) try {
            const RunRequest run = request_of(request, job, night);
            const Plan plan = plan_for(run, load_experiment(job.source));
            const Forecast ahead = forecast_for(run, plan, paces.of(plan));
            const double box_s = request.minutes * 60;
            likely_s += std::min(box_s, ahead.trials_s);
            most_s +=
                std::min(box_s, std::max(ahead.trials_s, ahead.most_trials_s) + ahead.boots_s);
        } catch (const Error&) {
        }
    return fmt::format("{} runs: about {}, at most {}", jobs.size(), duration_words(likely_s),
                       duration_words(most_s));
}

void write_night(const fs::path& night, const Json& index) {
    write_whole(night / "index.json", index.dump(1) + "\n");
    write_whole(night / "summary.txt",
                fmt::format("{}\n", fmt::join(night_summary(index, night.filename()), "\n")));
    draw("index.py", night);
}

/// @returns the index, which is written after each experiment: a night cut short has its page
Json run_all(const NightlyRequest& request, const fs::path& night, bool quiet) {
    constexpr double kEndless = std::numeric_limits<double>::infinity();
    const auto start = Steady::now();
    const Json before = index_before(night);
    const std::vector<NightJob> jobs = in_order_of_night(jobs_of(request), kNullExperiment, before);
    if (!quiet) fmt::print(stderr, "  {}\n", forecast_words(request, jobs, night));
    Json index = Json::array();
    for (const NightJob& job : jobs) {
        throw_if_interrupted();
        const double left =
            request.total_minutes ? request.total_minutes * 60 - seconds_since(start) : kEndless;
        index.push_back(left > 0 ? run_job(request, job, night, before, left)
                                 : left_row(job, before, request.total_minutes));
        if (!quiet) print_row(index.back());
        write_night(night, index);
    }
    return index;
}

/// Into the history beside the night's folder; what that cannot take costs the night nothing.
void add_night(const fs::path& night, const Json& index, bool quiet) {
    std::vector<fs::path> results;
    for (const Json& row : index)
        if (const std::string run = row.at("path");
            !run.empty() && fs::exists(night / run / "result.json"))
            results.push_back(night / run);
    if (results.empty()) return;
    const fs::path db = night.parent_path() / kHistoryFile;
    try {
        const HistoryAdded added = add_to_history(db, results);
        if (quiet) return;
        fmt::print("history {}: {} added, {} refused; 'rxlab history list --news' has what moved\n",
                   db.string(), added.count(Addition::added), added.count(Addition::refused));
        for (const ToRepeat& run : to_repeat(db))
            for (const std::string& words : run.words) fmt::print("  {}\n", printable(words));
    } catch (const Error& error) {
        tell("rxlab: the night is not in the history: {}\n", error.what());
    }
}

fs::path folder_of_night(const fs::path& out) {
    const std::time_t now = std::time(nullptr);
    if (out.empty()) return runs_folder() / fmt::format("{:%Y-%m-%d}", fmt::localtime(now));
    const fs::path night = fs::absolute(out).lexically_normal();
    return night.has_filename() ? night : night.parent_path();  // "night/"
}

int nightly(const NightlyRequest& request, bool json) {
    const fs::path night = folder_of_night(request.out);
    make_folder(night);
    Json index;
    try {
        index = run_all(request, night, json);
    } catch (const Error& error) {
        if (error.status() != Status::interrupted) throw;
        throw Error(Status::interrupted,
                    "interrupted; finished experiments are in " + night.string(),
                    "the same command goes on with it");
    }
    if (json) fmt::print("{}\n", index.dump(2));
    add_night(night, index, json);
    if (json) return night_status(index);
    fmt::print("\n{}\n", fmt::join(night_summary(index, night.filename()), "\n"));
    fmt::print("index   {}\n", (night / "index.html").string());
    return night_status(index);
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
    command
        .option("--total-minutes", request->total_minutes,
                "time box of the night: what it does not get to comes first in the next one")
        .between(1, 10'080);
    command.flag("--full", request->full,
                 "every case and round of each experiment, not what answers soon");
    command.option("--rounds", request->rounds, "rounds instead of each experiment's own")
        .between(1, 100'000);
    command.flag("--json", *json, "print JSON");
    command.does([=] { return nightly(*request, *json); });
}

}  // namespace rxlab
