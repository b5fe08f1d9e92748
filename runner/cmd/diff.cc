// SPDX-License-Identifier: GPL-2.0
// What one subject changed against another: every path of some experiments on both, and where the
// instructions are that one has more.
#include "base/error.h"
#include "base/output.h"
#include "base/whole_file.h"
#include "change/document.h"
#include "change/executed_json.h"
#include "cmd/attributed.h"
#include "cmd/options.h"
#include "cmd/perform.h"
#include "cmd/subject.h"
#include "compare/cells.h"
#include "experiment/resolve.h"
#include "target/files.h"
#include "target/kernels.h"
#include "target/shares.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <memory>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

/// What is measured when no experiment is named: of kernels, and of rxlab's modules.
const char* const kKernelSuite[] = {"drop-point:closed-port", "drop-point:xdp-native", "drivers"};
const char* const kModuleSuite[] = {"rx-path", "dma-ring-variants"};

struct DiffRequest {
    std::string before, after;
    std::vector<std::string> experiments;  ///< "drop-point" or "drop-point:closed-port"
    RunRequest run;
    bool json = false, markdown = false;
};

// ---- what is measured

std::vector<std::string> suite_for(const Subject& before, const Subject& after) {
    if (before.is_modules || after.is_modules)
        return {std::begin(kModuleSuite), std::end(kModuleSuite)};
    return {std::begin(kKernelSuite), std::end(kKernelSuite)};
}

/// An experiment, and which of its arms; none: all.
struct Asked {
    std::string experiment;
    std::vector<std::string> arms;
};

/// Arms of one experiment together, in the order they were named.
std::vector<Asked> asked_of(const std::vector<std::string>& words) {
    std::vector<Asked> all;
    for (const std::string& word : words) {
        const size_t colon = word.rfind(':');
        const std::string experiment = word.substr(0, colon);
        auto known = std::find_if(all.begin(), all.end(), [&](const Asked& asked) {
            return asked.experiment == experiment;
        });
        const bool is_new = known == all.end();
        if (is_new) known = all.insert(all.end(), {experiment, {}});
        if (colon == std::string::npos)
            known->arms.clear();
        else if (is_new || !known->arms.empty())
            known->arms.push_back(word.substr(colon + 1));
    }
    return all;
}

Contrast contrast_for(const DiffRequest& request, const Asked& asked, const Subject& before,
                      const Subject& after) {
    const Experiment experiment = load_experiment(asked.experiment);
    PlanOptions options;
    options.lane = exact_lane();
    options.rounds = 1;
    options.full = request.run.full;
    options.arms = asked.arms;
    return contrast(experiment, make_plan(experiment, options), asked.arms, before, after);
}

// ---- a campaign whose every trial is counted function by function

/// The stacks of each trial, in files of their own beside its observations.
class StacksFolder {
public:
    explicit StacksFolder(const fs::path& out) : folder_(out / "stacks") { make_folder(folder_); }

    void write(int trial, const Executed& executed) const {
        write_whole(file(trial), to_json(executed).dump() + "\n");
    }
    Executed read(int trial) const {
        return executed_from_json(Json::parse(read_whole(file(trial))));
    }

private:
    fs::path file(int trial) const { return folder_ / fmt::format("{}.json", trial); }

    fs::path folder_;
};

using Path = std::map<std::string, Json>;  // factors of a trial

const Observation* trial_of(const Cell& cell, int round) {
    for (const Observation* one : cell.observations)
        if (one->trial.round == round) return one;
    return nullptr;
}

/// Rounds in which both have a trial.
std::vector<RoundStacks> rounds_of(const CellPair& pair, const StacksFolder& stacks) {
    std::vector<RoundStacks> rounds;
    for (const Observation* before : pair.before.observations) {
        const Observation* after = trial_of(pair.after, before->trial.round);
        if (!after) continue;
        rounds.push_back({stacks.read(before->trial.id).stacks, stacks.read(after->trial.id).stacks,
                          work_of(*before).items, work_of(*after).items});
    }
    return rounds;
}

Attributed attributed(const Cell& cell, bool baseline, const StacksFolder& stacks) {
    Attributed all{name_of(cell), cell.arm, cell.factors, baseline, 0, {}};
    for (const Observation* one : cell.observations) {
        const Executed executed = stacks.read(one->trial.id);
        for (const auto& [stack, count] : executed.stacks) all.executed.stacks[stack] += count;
        for (const auto& [place, count] : executed.accesses) {
            all.executed.accesses[place].loads += count.loads;
            all.executed.accesses[place].stores += count.stores;
        }
        all.packets += work_of(*one).items;
    }
    return all;
}

const ComparedArm& compared(const Comparison& comparison, const Path& factors) {
    for (const ComparedArm& arm : comparison.comparisons)
        if (arm.factors == factors) return arm;
    throw Error(Status::invalid, fmt::format("{}: a path was not compared", comparison.experiment));
}

PathChange change_of(const RunOutcome& outcome, const CellPair& pair, const StacksFolder& stacks) {
    const ComparedArm& arm = compared(outcome.comparison, pair.after.factors);
    ComparedMetric metric = arm.metrics.front();
    for (const ComparedMetric& one : arm.metrics)
        if (one.primary) metric = one;
    metric.verdict = arm.verdict;
    PathChange change =
        path_change(outcome.comparison.experiment, value_text(pair.after.factors.at("path")),
                    std::move(metric), rounds_of(pair, stacks));
    if (arm.verdict == Verdict::invalid) change.faults = arm.reasons;
    return change;
}

/// Both subjects on all paths of one experiment.
std::vector<PathChange> measure(const DiffRequest& request, const Contrast& contrast,
                                const fs::path& out, const std::string& command) {
    make_folder(out);
    RunRequest run = request.run;
    run.full = false;  // said which paths there are; their rounds end where they decide
    run.experiment = out / (contrast.document.at("name").get<std::string>() + ".json");
    run.out = out;
    write_whole(run.experiment, contrast.document.dump(1) + "\n");
    const StacksFolder stacks(out);
    const RunOutcome outcome = perform(run, [&](const CampaignEvent& event) {
        if (const auto* counted = std::get_if<happened::Counted>(&event))
            stacks.write(counted->observation.trial.id, counted->executed);
    });
    std::vector<PathChange> changes;
    std::vector<Attributed> cells;
    for (const CellPair& pair :
         compared_cells(outcome.result.experiment, cells_of(outcome.result))) {
        if (pair.before.observations.empty() || pair.after.observations.empty()) continue;
        changes.push_back(change_of(outcome, pair, stacks));
        cells.push_back(attributed(pair.before, true, stacks));
        cells.push_back(attributed(pair.after, false, stacks));
    }
    write_whole(out / "attribution.json", attribution_json(command, outcome.result.experiment,
                                                           outcome.result.provenance, cells)
                                                  .dump(1) +
                                              "\n");
    return changes;
}

// ---- the whole

std::string command_of(const DiffRequest& request) {
    std::string start = fmt::format("rxlab diff {} {}", request.before, request.after);
    for (const std::string& experiment : request.experiments) start += " " + experiment;
    RunRequest run = request.run;
    run.lane.clear();  // it has one lane and one target
    run.target.clear();
    return command_again(start, run);
}

fs::path folder_for(const DiffRequest& request, const Subject& before, const Subject& after) {
    RunRequest run = request.run;
    run.vm.kernel = after.name;
    Plan named;
    named.experiment = "diff";
    named.target = "vm";
    return out_for(run, named, before.name);
}

void print(const Diff& diff, const fs::path& out, bool report) {
    fmt::print("{}\n", headline_of(diff));
    for (const PathChange& path : diff.paths) fmt::print("  {}\n", sentence_of(path));
    for (const std::string& line : diff.left_out) fmt::print("  left out: {}\n", line);
    fmt::print("\nresult  {}\n", (out / "diff.json").string());
    if (report) fmt::print("report  {}\n", (out / "diff.html").string());
}

int diff(DiffRequest request) {
    if (request.json || request.markdown) request.run.quiet = true;
    request.run.lane = to_string(exact_lane());
    request.run.target = "vm";
    request.run.vm.attribute = true;
    Diff found;
    found.before = subject_of(request.before, request.run.vm.kernel);
    found.after = subject_of(request.after, request.run.vm.kernel);
    tell_apart(found.before, found.after);
    if (request.experiments.empty()) request.experiments = suite_for(found.before, found.after);
    found.command = command_of(request);
    std::vector<Contrast> contrasts;
    for (const Asked& asked : asked_of(request.experiments)) {
        contrasts.push_back(contrast_for(request, asked, found.before, found.after));
        const auto& left_out = contrasts.back().left_out;
        found.left_out.insert(found.left_out.end(), left_out.begin(), left_out.end());
    }
    const fs::path out = folder_for(request, found.before, found.after);
    for (const Contrast& one : contrasts)
        for (PathChange& path :
             measure(request, one, out / one.document.at("name").get<std::string>(), found.command))
            found.paths.push_back(std::move(path));
    conclude(found);
    const Json document = to_json(found);
    write_whole(out / "diff.json", document.dump(1) + "\n");
    if (request.run.report) draw("diff_report.py", out);
    if (request.json)
        fmt::print("{}\n", document.dump(2));
    else if (request.markdown)
        fmt::print("{}", read_whole(out / "diff.md"));
    else
        print(found, out, request.run.report);
    return static_cast<int>(verdict_row(found.verdict).status);
}

}  // namespace

void define_diff(CommandOptions command) {
    auto request = std::make_shared<DiffRequest>();
    command.option("BEFORE", request->before, subject_words()).required();
    command.option("AFTER", request->after, "the one that it is compared with").required();
    command.option("EXPERIMENT", request->experiments,
                   "experiments whose arms are the paths, each a name from 'rxlab list' or the "
                   "path of a file; EXPERIMENT:ARM is one of them");
    RunRequest& run = request->run;
    command.option("--kernel", run.vm.kernel, "that modules are loaded into: " + kernel_words());
    command.option("--rounds", run.rounds, "this many rounds instead of what decides")
        .between(1, 100'000);
    command.flag("--full", run.full, "all arms and factor values of each experiment");
    command.option("--seed", run.seed, "seed of boots, phases and flows");
    command.option("--cpu", run.vm.cpu, "QEMU's CPU model");
    command.option("--memory", run.vm.memory_mib, "MiB of a guest's memory").between(128, 65'536);
    command.option("--workers", run.vm.workers, "guests at once (0: one per CPU)").between(0, 1024);
    command.option("--timeout", run.vm.trial_timeout_s, "seconds a trial may take")
        .between(1.0, 86'400.0);
    command.option("--out", run.out,
                   "folder for results and report; what was interrupted there is gone on with");
    command.flag("!--no-report", run.report, "do not draw the report");
    command.flag("-q,--quiet", run.quiet, "no progress");
    command.flag("--json", request->json, "print diff.json");
    command.flag("--markdown", request->markdown,
                 "print a summary of at most 40 lines, for a comment on a change");
    command.does([=] { return diff(*request); });
}

}  // namespace rxlab
