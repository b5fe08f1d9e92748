// SPDX-License-Identifier: GPL-2.0
// Every experiment on every kernel, each in a process and a time box of its own, and one index
// page.
#include "base/error.h"
#include "base/interrupt.h"
#include "cmd/catalogue.h"
#include "cmd/commands.h"
#include "plan/plan.h"
#include "sys/sys.h"
#include "target/files.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

struct NightlyRequest {
    std::vector<std::string> kernels{"6.12", "6.1"};
    std::vector<std::string> experiments;  ///< empty: all
    fs::path out;                          ///< empty: results/runs/DATE
    int minutes = 15;                      ///< time box of one experiment on one kernel
    int rounds = 0;
};

struct Job {
    std::string experiment, kernel, lane;
};

constexpr const char* kNullExperiment =
    "null-aa";                  ///< goes first: what it shows is the floor of the others
constexpr int kTimedOut = 124;  ///< timeout(1)'s own exit status

/// How bad an exit status is; the night's is the worst.
int severity(int status) {
    constexpr int kOrder[] = {0, 3, 1, 4, 2, 5, 130};
    return static_cast<int>(std::find(std::begin(kOrder), std::end(kOrder), status) - kOrder);
}

/// The lane a VM can give: counted, or functional where the experiment has no counted form.
std::string vm_lane(const Experiment& experiment) {
    for (const std::string& lane : experiment.lanes)
        if (lane == "counted" || lane == "functional") return lane;
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

Json previous_verdict(const Json& before, const Job& job) {
    for (const Json& row : before)
        if (row["experiment"] == job.experiment && row["kernel"] == job.kernel &&
            row["lane"] == job.lane)
            return row["verdict"];
    return nullptr;
}

std::string last_line(std::string text) {
    text.erase(text.find_last_not_of('\n') + 1);
    return text.substr(text.rfind('\n') + 1);
}

Json run_job(const NightlyRequest& request, const Job& job, const fs::path& night,
             const Json& before) {
    const std::string folder = fmt::format("{}-{}", job.experiment, job.kernel);
    std::vector<std::string> argv{"timeout",
                                  "-s",
                                  "INT",
                                  "-k",
                                  "20",
                                  fmt::format("{}m", request.minutes),
                                  fs::read_symlink("/proc/self/exe"),
                                  "run",
                                  job.experiment,
                                  "--kernel",
                                  job.kernel,
                                  "--lane",
                                  job.lane,
                                  "--out",
                                  night / folder,
                                  "--quiet"};
    const fs::path null = night / fmt::format("{}-{}", kNullExperiment, job.kernel);
    if (job.lane == "counted" && job.experiment != kNullExperiment &&
        fs::exists(null / "result.json"))
        argv.insert(argv.end(), {"--null", null});
    if (request.rounds) argv.insert(argv.end(), {"--rounds", std::to_string(request.rounds)});
    const auto start = std::chrono::steady_clock::now();
    const CommandResult ran = real_sys().run(argv);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const bool timed_out = ran.status == kTimedOut || ran.status == 128 + 9;
    const bool whole = fs::exists(night / folder / "comparison.json");
    const Json verdict =
        whole ? read_json(night / folder / "comparison.json")["verdict"] : Json(nullptr);
    const Json previous = previous_verdict(before, job);
    return {{"experiment", job.experiment},
            {"kernel", job.kernel},
            {"lane", job.lane},
            {"seconds", seconds},
            {"path", folder},
            {"status", timed_out ? static_cast<int>(Status::lost) : ran.status},
            {"verdict", verdict},
            {"previous_verdict", previous},
            {"change", previous.is_null() || previous == verdict ? "" : "changed"},
            {"message", timed_out ? fmt::format("stopped after its {} minutes", request.minutes)
                                  : last_line(ran.err)}};
}

int nightly(const NightlyRequest& request, bool json) {
    const std::time_t now = std::time(nullptr);
    const fs::path night = request.out.empty() ? checkout() / "results" / "runs" /
                                                     fmt::format("{:%Y-%m-%d}", fmt::localtime(now))
                                               : request.out;
    const Json before = index_before(night);
    fs::create_directories(night);
    Json index = Json::array();
    int worst = 0;
    for (const Job& job : jobs_of(request)) {
        if (interrupted())
            throw Error(Status::interrupted,
                        "interrupted; finished experiments are in " + night.string());
        const Json row = run_job(request, job, night, before);
        if (!json)
            fmt::print("{:<24} {:<6} {:<11} status {:<4} {:<14} {:>5.0f} s  {}\n", job.experiment,
                       job.kernel, job.lane, row["status"].get<int>(),
                       row["verdict"].is_null() ? "-" : row["verdict"].get<std::string>(),
                       row["seconds"].get<double>(), row["message"].get<std::string>());
        std::fflush(stdout);
        if (severity(row["status"]) > severity(worst)) worst = row["status"];
        index.push_back(row);
        write_whole(night / "index.json",
                    index.dump(1) + "\n");  // after each: a night cut short still has its page
        run_or_throw(real_sys(),
                     {"/usr/bin/python3", checkout() / "runner" / "report" / "index.py", night});
    }
    if (json)
        fmt::print("{}\n", index.dump(2));
    else
        fmt::print("index   {}\n", (night / "index.html").string());
    return worst;
}

}  // namespace

void define_nightly(CLI::App& app, int& status) {
    auto request = std::make_shared<NightlyRequest>();
    auto json = std::make_shared<bool>(false);
    app.add_option("--kernel", request->kernels, "kernels (default: 6.12 and 6.1)");
    app.add_option("--experiment", request->experiments, "only these experiments");
    app.add_option("--out", request->out, "folder (default: results/runs/DATE)");
    app.add_option("--minutes", request->minutes, "time box of one experiment on one kernel")
        ->check(CLI::Range(1, 1'440));
    app.add_option("--rounds", request->rounds, "rounds instead of each experiment's own")
        ->check(CLI::Range(1, 100'000));
    app.add_flag("--json", *json, "print JSON");
    app.callback([=, &status] { status = nightly(*request, *json); });
}

}  // namespace rxlab
