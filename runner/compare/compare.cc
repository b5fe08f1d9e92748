// SPDX-License-Identifier: GPL-2.0
#include "compare/compare.h"

#include "base/lines.h"
#include "compare/headline.h"
#include "compare/look.h"
#include "compare/net.h"
#include "compare/row.h"
#include "stats/quantile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <set>

namespace rxlab {
namespace {

constexpr size_t kMostPathsNamed = 8;

struct Sides {
    Cell before, after;
    std::string before_label, after_label;
    /// What each is told net of, or null.
    const Cell *before_generator = nullptr, *after_generator = nullptr;
};

std::vector<std::string> reasons_for(const Sides& sides) {
    std::vector<std::string> reasons;
    std::set<const Cell*> seen{nullptr};
    for (const Cell* cell :
         {&sides.before, &sides.after, sides.before_generator, sides.after_generator})
        if (seen.insert(cell).second)
            for (const std::string& reason : faults_of(*cell)) reasons.push_back(reason);
    return reasons;
}

std::vector<std::string> notes_for(const Sides& sides, const Rules& rules) {
    std::vector<std::string> notes;
    if (!lane_row(rules.lane).most_rounds)  // else it stops when its intervals are narrow enough
        for (const Cell* cell : {&sides.before, &sides.after})
            if (cell->observations.size() < cell->planned)
                notes.push_back(fmt::format("{}: {} of {} trials finished", name_of(*cell),
                                            cell->observations.size(), cell->planned));
    return notes;
}

/// One comparison: two cells, what spoils it, and its metrics.
struct Compared {
    Sides sides;
    std::vector<std::string> reasons;
    std::vector<Row> rows;
};

/// The unit of the primary metrics that a verdict comes from; empty where they have several.
std::string unit_judged(Verdict verdict, std::span<const ComparedArm> arms) {
    std::set<std::string> units;
    for (const ComparedArm& arm : arms)
        for (const ComparedMetric& metric : arm.metrics)
            if (metric.primary && metric.verdict == verdict) units.insert(metric.unit);
    return units.size() == 1 ? *units.begin() : "";
}

ComparedArm reported(const Compared& compared, const Rules& rules) {
    const auto& [sides, reasons, rows] = compared;
    ComparedArm arm;
    arm.arm = sides.after.arm;
    arm.factors = sides.after.factors;
    arm.label = name_of(sides.after);
    arm.before_label = sides.before_label;
    arm.after_label = sides.after_label;
    std::vector<Verdict> verdicts;
    for (const Row& row : rows) {
        if (row.primary) verdicts.push_back(row.verdict);
        arm.metrics.push_back(rxlab::compared(row, rules));
    }
    arm.verdict = reasons.empty() ? overall(verdicts) : Verdict::invalid;
    arm.verdict_words = words_of(arm.verdict, unit_judged(arm.verdict, {&arm, 1}));
    arm.reasons = reasons;
    arm.notes = notes_for(sides, rules);
    return arm;
}

/// What the lane cannot see stays that.
void spoil(Compared& compared) {
    for (Row& row : compared.rows)
        row.verdict = row.hidden.empty() ? Verdict::invalid : Verdict::not_visible,
        row.reason = row.hidden.empty() ? compared.reasons.front() : row.hidden;
}

/// A spoilt comparison has no part in the family that shares the 5 %.
std::vector<ComparedArm> compare_all(const std::vector<Sides>& all, const Rules& rules) {
    std::vector<Compared> comparisons;
    for (const Sides& sides : all)
        comparisons.push_back(
            {sides, reasons_for(sides), rows_of(sides.before, sides.after, rules)});
    std::vector<std::vector<Row>*> sound;
    for (Compared& compared : comparisons) {
        if (compared.reasons.empty())
            sound.push_back(&compared.rows);
        else
            spoil(compared);
    }
    judge_rows(sound, rules);
    std::vector<ComparedArm> arms;
    for (const Compared& compared : comparisons) arms.push_back(reported(compared, rules));
    return arms;
}

/// What the generator alone has of each metric that is told net of it.
std::vector<GeneratorAlone> generators_in(const Result& result, const std::vector<Cell>& cells) {
    std::vector<GeneratorAlone> generators;
    for (const Cell& cell : cells) {
        const Arm* generator = generator_of(result.experiment, cell.arm);
        if (!generator || cell.arm != generator->name) continue;
        for (const std::string& metric : costs_with_generator(result.experiment)) {
            const std::vector<double> values = mean_values(clusters_of(cell, metric));
            if (!values.empty())
                generators.push_back({name_of(cell), metric,
                                      cell.observations.front()->metrics.at(metric).unit,
                                      median(values)});
        }
    }
    return generators;
}

Rules rules_for(const Result& result, const CompareOptions& options, const Look& look) {
    return {.lane = result.plan.lane,
            .mechanisms = result.experiment.mechanism,
            .primary = result.experiment.primary,
            .floor = options.floor,
            .paired = true,
            .error = look.error,
            .few = !result.plan.looks.empty()};
}

/// From the first to the last that was made of it.
int rounds_of(const Cell& cell) {
    int rounds = 0;
    for (const Observation* one : cell.observations)
        rounds = std::max(rounds, one->trial.round + 1);
    return rounds;
}

/// The looks up to which the comparisons were made, in the order of compared_cells().
std::vector<Look> looks_reached(const Result& result) {
    std::vector<Look> reached;
    const std::vector<Cell> cells = cells_of(result);
    for (const CellPair& pair : compared_cells(result.experiment, cells)) {
        const int rounds = std::min(rounds_of(pair.before), rounds_of(pair.after));
        reached.push_back(rounds ? look_after(result.plan, rounds) : look_of(result));
    }
    return reached;
}

Sides sides_of(const CellPair& pair, const Experiment& experiment, const std::vector<Cell>& cells) {
    const auto generator_beside = [&](const Cell& cell) {
        const Arm* generator = generator_of(experiment, cell.arm);
        return generator ? find_cell(cells, generator->name, cell.factors) : nullptr;
    };
    return {pair.before,
            pair.after,
            pair.before.arm,
            pair.after.arm,
            generator_beside(pair.before),
            generator_beside(pair.after)};
}

/// Comparisons that ended at an earlier look than others are judged by what it saw of all that were
/// made until then. At each look all of them together are wrong at most as often as its error says.
std::vector<ComparedArm> compare_by_look(const Result& result, const CompareOptions& options) {
    const std::vector<Look> reached = looks_reached(result);
    std::vector<ComparedArm> arms(reached.size());
    for (const Look& look : looks_of(result.plan)) {
        const auto ends_here = [&](const Look& one) { return one.number == look.number; };
        if (std::none_of(reached.begin(), reached.end(), ends_here)) continue;
        const std::vector<Cell> cells = cells_of(result, look.rounds);
        const std::vector<CellPair> pairs = compared_cells(result.experiment, cells);
        std::vector<Sides> there;
        std::vector<size_t> places;
        for (size_t i = 0; i < pairs.size(); i++) {
            if (reached[i].number < look.number) continue;
            there.push_back(sides_of(pairs[i], result.experiment, cells));
            places.push_back(i);
        }
        Rules rules = rules_for(result, options, look);
        if (there.size() < pairs.size()) rules.of = pairs.size();
        std::vector<ComparedArm> judged = compare_all(there, rules);
        for (size_t i = 0; i < judged.size(); i++)
            if (ends_here(reached[places[i]])) arms[places[i]] = std::move(judged[i]);
    }
    return arms;
}

std::string percent(double share) {
    return fmt::format("{:.3g} %", 100 * share);
}

/// How the run's end was chosen, and what that costs its intervals.
std::string stopping_of(const Look& look, const std::vector<int>& looks) {
    if (look.of == 1) return "";
    return fmt::format(
        "Looked at after {} rounds, fixed before the run, which ends where every primary "
        "comparison "
        "is decided: after {}. The looks share the error of {}; this one has {} of it. Where "
        "rounds "
        "are too few for ranks, intervals are Student's t of ln ratios, with a spread of at least "
        "half of delta. A comparison that ended before others is judged by its own look; what is "
        "left "
        "then has the part of the error that it had from the start (Bonferroni).",
        fmt::join(looks, ", "), look.rounds, percent(kFamilyError), percent(look.error));
}

/// Of one run; two runs may have been ended by themselves, and are compared at one look.
void tell_looks(Comparison& comparison, const Result& result) {
    const Look at = look_of(result);
    for (const Look& look : looks_of(result.plan)) comparison.looks.push_back(look.rounds);
    comparison.rounds = at.rounds;
    comparison.error = at.error;
    comparison.stopping = stopping_of(at, comparison.looks);
}

Comparison conclude(const Result& result, const char* kind, const Rules& rules,
                    std::vector<ComparedArm> arms, const std::vector<std::string>& notes) {
    std::vector<Verdict> verdicts;
    for (const ComparedArm& arm : arms) verdicts.push_back(arm.verdict);
    Comparison comparison;
    comparison.experiment = result.experiment.name;
    comparison.question = result.experiment.question;
    comparison.lane = rules.lane;
    comparison.target = result.plan.target;
    comparison.kind = kind;
    comparison.baseline = baseline_of(result.experiment).name;
    comparison.mechanism = rules.mechanisms;
    comparison.delta_rule = delta_rule(rules.lane, rules.floor);
    comparison.null_floor = rules.floor;
    comparison.paired = rules.paired;
    comparison.verdict = overall(verdicts);
    comparison.verdict_words = words_of(comparison.verdict, unit_judged(comparison.verdict, arms));
    comparison.headline = headline(arms);
    comparison.notes = notes;
    comparison.status = verdict_row(comparison.verdict).status;
    comparison.comparisons = std::move(arms);
    return comparison;
}

void require_comparable(const Result& before, const Result& after) {
    const auto require = [](const char* what, const std::string& a, const std::string& b) {
        if (a != b)
            throw Error(
                Status::usage,
                fmt::format("results of different {} cannot be compared: before {}, after {}", what,
                            a, b));
    };
    require("experiments", before.experiment.name, after.experiment.name);
    require("lanes", to_string(before.plan.lane), to_string(after.plan.lane));
}

/// Trials of equal boot seeds met the same perturbation where a lane repeats exactly, and a run
/// that ended earlier has the first seeds of the other; in other lanes two runs share no rounds.
bool share_clusters(const Result& before, const Result& after) {
    const auto clusters = [](const Result& result) {
        std::set<uint64_t> ids;
        for (const Observation& observation : result.observations)
            ids.insert(cluster_of(observation.trial));
        return ids;
    };
    const std::set<uint64_t> one = clusters(before), other = clusters(after);
    return lane_row(before.plan.lane).repeats_exactly &&
           (std::includes(one.begin(), one.end(), other.begin(), other.end()) ||
            std::includes(other.begin(), other.end(), one.begin(), one.end()));
}

std::vector<std::string> notes_on(const Result& result) {
    std::vector<std::string> notes = unmoved_kernels(result);
    notes.insert(notes.end(), result.plan.left_out.begin(), result.plan.left_out.end());
    return notes;
}

std::vector<std::string> notes_on(const Result& before, const Result& after, bool paired) {
    std::vector<std::string> notes = unmoved_kernels(before);
    add_lines(notes, notes_on(after));
    std::set<std::string> paths;
    for (const Json& change : Json::diff(before.provenance, after.provenance))
        paths.insert(change["path"]);
    if (paths.size() > kMostPathsNamed)
        paths.erase(std::next(paths.begin(), kMostPathsNamed), paths.end());
    if (!paths.empty())
        notes.push_back(fmt::format("provenance differs: {}", fmt::join(paths, ", ")));
    if (before.experiment.text != after.experiment.text)
        notes.push_back("the experiment's text differs");
    if (!paired && !lane_row(before.plan.lane).repeats_exactly)
        notes.push_back(
            "two runs at different times: drift of the machine between them is not in the "
            "intervals");
    return notes;
}

}  // namespace

Comparison compare(const Result& measured, const CompareOptions& options) {
    const Result result = with_net_metrics(measured);
    Comparison comparison = conclude(result, "arms", rules_for(result, options, look_of(result)),
                                     compare_by_look(result, options), notes_on(result));
    comparison.generators = generators_in(result, cells_of(result));
    tell_looks(comparison, result);
    comparison.in_time = options.in_time;
    return comparison;
}

Comparison compare(const Result& measured_before, const Result& measured_after,
                   const CompareOptions& options) {
    const Result before = with_net_metrics(measured_before),
                 after = with_net_metrics(measured_after);
    require_comparable(before, after);
    Rules rules = rules_for(after, options, look_of(after));
    rules.error = kFamilyError;  // where a run ended was decided by other comparisons than these
    rules.few = rules.few || !before.plan.looks.empty();
    rules.paired = share_clusters(before, after);
    std::vector<std::string> notes = notes_on(before, after, rules.paired);
    const std::vector<Cell> old_cells = cells_of(before), new_cells = cells_of(after);
    std::vector<Sides> all;
    for (const Cell& cell : new_cells) {
        if (const Cell* old = find_cell(old_cells, cell.arm, cell.factors))
            all.push_back({*old, cell, "before", "after"});
        else
            notes.push_back(fmt::format("{}: only after has it", name_of(cell)));
    }
    for (const Cell& cell : old_cells)
        if (!find_cell(new_cells, cell.arm, cell.factors))
            notes.push_back(fmt::format("{}: only before has it", name_of(cell)));
    Comparison comparison = conclude(after, "results", rules, compare_all(all, rules), notes);
    comparison.in_time = options.in_time;
    return comparison;
}

}  // namespace rxlab
