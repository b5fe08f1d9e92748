// SPDX-License-Identifier: GPL-2.0
#include "cmd/paths.h"

#include "base/whole_file.h"
#include "change/executed_json.h"
#include "change/pair.h"
#include "cmd/attributed.h"
#include "experiment/resolve.h"
#include "stats/quantile.h"
#include "target/shares.h"

#include <fmt/format.h>
#include <algorithm>
#include <set>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

using Words = std::vector<std::string>;

/// What is measured when no experiment is named, by what it is that differs (Subject::content).
struct Suite {
    const char* of;
    Words paths;
};
const Suite kSuites[] = {
    {"kernel",
     {"drop-point:closed-port", "drop-point:xdp-native", "drivers", "stack-paths",
      "socket-messages"}},
    {"kmod", {"rx-path", "dma-ring-variants"}},
    {"bpf", {"xdp-counter", "xdp-port-filter"}},
    {"object", {"drop-point:xdp-native"}},
};

bool differ_in(const std::string& part, const std::vector<Subject>& subjects) {
    std::set<std::string> kinds;
    for (const Subject& one : subjects)
        if (const auto found = one.content.find(part); found != one.content.end())
            kinds.insert(found->second);
    return kinds.size() > 1;
}

Words usual_paths(const std::vector<Subject>& subjects) {
    Words words;
    for (const Suite& suite : kSuites)
        if (differ_in(suite.of, subjects))
            words.insert(words.end(), suite.paths.begin(), suite.paths.end());
    return words.empty() ? kSuites[0].paths : words;
}

/// An experiment, and which of its arms; none: all.
struct Asked {
    std::string experiment;
    std::vector<std::string> arms;
};

/// Arms of one experiment together, in the order they were named.
std::vector<Asked> asked_of(const Words& words) {
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

Contrast contrast_for(const RunRequest& request, const Asked& asked,
                      const std::vector<Subject>& subjects) {
    const Experiment experiment = load_experiment(asked.experiment);
    PlanOptions options;
    options.lane = exact_lane();
    options.rounds = 1;
    options.full = request.full;
    options.arms = asked.arms;
    return contrast(experiment, make_plan(experiment, options), asked.arms, subjects);
}

using PathFactors = std::map<std::string, Json>;

const Observation* trial_of(const Cell& cell, int round) {
    for (const Observation* one : cell.observations)
        if (one->trial.round == round) return one;
    return nullptr;
}

/// Rounds in which both have a trial.
std::vector<RoundStacks> rounds_of(const CellPair& pair, const StacksFolder& stacks_before,
                                   const StacksFolder& stacks_after) {
    std::vector<RoundStacks> rounds;
    for (const Observation* before : pair.before.observations) {
        const Observation* after = trial_of(pair.after, before->trial.round);
        if (!after) continue;
        rounds.push_back({stacks_before.read(before->trial.id).stacks,
                          stacks_after.read(after->trial.id).stacks, work_of(*before).items,
                          work_of(*after).items});
    }
    return rounds;
}

Attributed attributed(const Cell& cell, bool baseline, const StacksFolder& stacks) {
    Attributed all{name_of(cell), cell.arm, cell.factors, baseline, 0, {}};
    for (const Observation* one : cell.observations) {
        const Work work = work_of(*one);
        add(all.executed, stacks.read(one->trial.id));
        all.packets += work.items;
        all.item = work.item;
    }
    return all;
}

const ComparedArm& compared(const Comparison& comparison, const PathFactors& factors) {
    for (const ComparedArm& arm : comparison.comparisons)
        if (arm.factors == factors) return arm;
    throw Error(Status::invalid, fmt::format("{}: a path was not compared", comparison.experiment));
}

PathChange change_of(const Comparison& comparison, const CellPair& pair,
                     const StacksFolder& stacks) {
    const ComparedArm& arm = compared(comparison, pair.after.factors);
    ComparedMetric metric = arm.metrics.front();
    for (const ComparedMetric& one : arm.metrics)
        if (one.primary) metric = one;
    metric.verdict = arm.verdict;
    PathChange change =
        path_change(comparison.experiment, value_text(pair.after.factors.at("path")),
                    std::move(metric), rounds_of(pair, stacks, stacks));
    if (arm.verdict == Verdict::invalid) change.faults = arm.reasons;
    return change;
}

/// Of two campaigns: exact figures of a few boots, without an interval.
ComparedMetric measured_apart(const std::string& name, const CellPair& pair) {
    ComparedMetric metric;
    metric.name = name;
    metric.unit = metric_row(name).unit;
    metric.better = metric_row(name).better;
    metric.before = mean_of(pair.before, name);
    metric.after = mean_of(pair.after, name);
    metric.difference = *metric.after - *metric.before;
    if (*metric.before > 0) metric.ratio = *metric.after / *metric.before;
    metric.n = pair.after.observations.size();
    metric.verdict = *metric.difference > 0   ? Verdict::worse
                     : *metric.difference < 0 ? Verdict::better
                                              : Verdict::same;
    return metric;
}

/// Every subject on every path, for flame graphs.
Json attribution_of(const MeasuredPaths& measured, const std::string& command) {
    std::vector<Attributed> cells;
    const std::string& baseline = baseline_of(measured.result.experiment).name;
    for (const Cell& cell : cells_of(measured.result))
        if (!cell.observations.empty())
            cells.push_back(attributed(cell, cell.arm == baseline, measured.stacks));
    return attribution_json(command, measured.result.experiment, measured.result.provenance, cells);
}

}  // namespace

StacksFolder::StacksFolder(const fs::path& out) : folder_(out / "stacks") {
    make_folder(folder_);
}

void StacksFolder::write(int trial, const Executed& executed) const {
    write_whole(file(trial), to_json(executed).dump() + "\n");
}

Executed StacksFolder::read(int trial) const {
    return executed_from_json(read_json(file(trial)));
}

fs::path StacksFolder::file(int trial) const {
    return folder_ / fmt::format("{}.json", trial);
}

void add_path_options(CommandOptions command, std::vector<std::string>& experiments,
                      RunRequest& request) {
    command.option("EXPERIMENT", experiments,
                   "experiments whose arms are the paths, each a name from 'rxlab list' or the "
                   "path of a file; EXPERIMENT:ARM is one of them");
    request.lane = to_string(exact_lane());
    request.target = "vm";
    request.vm.attribute = true;
    command.option("--rounds", request.rounds, "this many rounds instead of what decides")
        .between(1, 100'000);
    command.flag("--full", request.full, "all arms and factor values of each experiment");
    command.option("--seed", request.seed, "seed of boots, phases and flows");
    add_guest_options(command, request.vm);
    command.option("--out", request.out,
                   "folder for results and report; what was interrupted there is gone on with");
    add_display_options(command, request);
}

std::vector<Contrast> contrasts_for(const RunRequest& request,
                                    const std::vector<std::string>& experiments,
                                    const std::vector<Subject>& subjects) {
    std::vector<Contrast> contrasts;
    for (const Asked& asked : asked_of(experiments.empty() ? usual_paths(subjects) : experiments))
        contrasts.push_back(contrast_for(request, asked, subjects));
    return contrasts;
}

double mean_of(const Cell& cell, const std::string& metric) {
    std::vector<double> values;
    for (const Observation* one : cell.observations)
        values.push_back(one->metrics.at(metric).value);
    return mean(values);
}

MeasuredPaths measure_paths(const RunRequest& request, const Contrast& contrast,
                            const fs::path& out, const std::string& command) {
    const std::string name = contrast.document.at("name");
    RunRequest run = request;
    run.full = false;  // said which paths there are; their rounds end where they decide
    // A third subject is compared with the second, too: each step waits for all.
    run.each = contrast.document.at("arms").size() == 2;
    run.out = out / name;
    run.experiment = write_experiment(run.out, contrast.document);
    const StacksFolder stacks(run.out);
    RunOutcome outcome = perform(run, [&](const CampaignEvent& event) {
        if (const auto* counted = std::get_if<happened::Counted>(&event))
            stacks.write(counted->observation.trial.id, counted->executed);
    });
    MeasuredPaths measured{std::move(outcome.result), stacks, contrast.left_out};
    const std::vector<std::string>& more = measured.result.plan.left_out;
    measured.left_out.insert(measured.left_out.end(), more.begin(), more.end());
    write_whole(run.out / "attribution.json", attribution_of(measured, command).dump(1) + "\n");
    return measured;
}

std::vector<PathChange> changes_between(const MeasuredPaths& measured, const std::string& before,
                                        const std::string& after) {
    const Result pair = pair_of(measured.result, before, after);
    const Comparison comparison = compare(pair);
    const std::vector<Cell> cells = cells_of(pair);
    std::vector<PathChange> changes;
    for (const CellPair& one : compared_cells(pair.experiment, cells))
        if (!one.before.observations.empty() && !one.after.observations.empty())
            changes.push_back(change_of(comparison, one, measured.stacks));
    return changes;
}

std::vector<PathChange> changes_between(const MeasuredPaths& before, const MeasuredPaths& after) {
    const std::vector<Cell> from = cells_of(before.result), to = cells_of(after.result);
    const std::string& name = after.result.experiment.primary.front();
    std::vector<PathChange> changes;
    for (const Cell& cell : to) {
        const Cell* other =
            find_cell(from, baseline_of(before.result.experiment).name, cell.factors);
        if (!other) continue;
        const CellPair pair{*other, cell};
        changes.push_back(
            path_change(after.result.experiment.name, value_text(cell.factors.at("path")),
                        measured_apart(name, pair), rounds_of(pair, before.stacks, after.stacks)));
    }
    return changes;
}

std::string paths_again(const std::string& start, const std::vector<std::string>& experiments,
                        RunRequest request) {
    std::string command = start;
    for (const std::string& experiment : experiments) command += " " + experiment;
    request.lane.clear();  // it has one lane and one target
    request.target.clear();
    return command_again(command, request);
}

fs::path paths_folder(const RunRequest& request, const std::string& word, const std::string& first,
                      const std::string& last) {
    RunRequest run = request;
    run.vm.kernel = last;
    Plan named;
    named.experiment = word;
    named.target = "vm";
    return out_for(run, named, first);
}

}  // namespace rxlab
