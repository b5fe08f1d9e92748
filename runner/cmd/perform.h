// SPDX-License-Identifier: GPL-2.0
// From a request to a finished run: plan, target, observations on disk, result, comparison, report.
#pragma once
#include "cmd/catalogue.h"
#include "compare/compare.h"
#include "target/target.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace rxlab {

/// What a person asked for on the command line of run, plan, certify.
struct RunRequest {
    std::string experiment;
    std::string
        target;  ///< "vm", "host" or empty: vm, but host for traffic that is a program's there
    std::string lane;  ///< empty: the experiment's first lane (on the host: timed)
    std::vector<std::string> arms;
    int rounds = 0;
    uint64_t seed = 1;
    std::filesystem::path null;  ///< result of null-aa on the same machine and lane, or empty
    VmOptions vm;
    HostOptions host;
    std::filesystem::path out;  ///< empty: results/runs/EXPERIMENT-LANE-KERNEL-TIME
    bool report = true;
    bool quiet = false;
    std::string command;  ///< how a person repeats it
};

struct RunOutcome {
    Result result;
    Comparison comparison;
    std::filesystem::path out;
};

/// Options shared by plan, run and certify.
void add_plan_options(CLI::App& app, RunRequest& request);
/// Options about the machine a run happens on.
void add_target_options(CLI::App& app, RunRequest& request);

/// @throws Error(Status::usage): lane and target that do not go together.
Plan plan_for(const RunRequest& request, const Experiment& experiment);

/// A new folder in the checkout: results/runs/EXPERIMENT-WORD-KERNEL-TIME.
std::filesystem::path default_out(const RunRequest& request, const Plan& plan,
                                  const std::string& word);

std::unique_ptr<Target> target_for(const RunRequest& request, const Plan& plan);

/// Runs what is not yet in `request.out` (an interrupted run is resumed), writes result.json,
/// comparison.json, the report and the plots there. @throws Error; what was observed until then is
/// in observations.jsonl.
RunOutcome perform(const RunRequest& request);

/// result.json of a run, named by the file or by its folder. @throws Error(Status::usage)
Result load_result(const std::filesystem::path& path);
/// The options for comparing in `lane`, with the null floor of the result at `null` (empty: not
/// measured).
CompareOptions compare_options(const std::filesystem::path& null, Lane lane);

/// Runs runner/report/report.py on a folder with result.json and comparison.json. @throws
/// Error(Status::invalid)
void write_report(const std::filesystem::path& folder);

}  // namespace rxlab
