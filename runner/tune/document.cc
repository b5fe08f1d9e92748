// SPDX-License-Identifier: GPL-2.0
#include "tune/document.h"

#include "base/error.h"
#include "campaign/replay.h"
#include "compare/cells.h"
#include "compare/look.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <map>

namespace rxlab {
namespace {

std::vector<std::optional<Standing>> by_point(const std::vector<Standing>& arms, size_t points) {
    std::map<std::string, Standing> by_name;
    for (const Standing& standing : arms) by_name[standing.arm] = standing;
    std::vector<std::optional<Standing>> rows(points);
    for (size_t i = 0; i < points; i++)
        if (const auto found = by_name.find(arm_name(i)); found != by_name.end())
            rows[i] = found->second;
    return rows;
}

/// The point that is best in a race that is over; none: nothing is better than the baseline.
std::optional<size_t> winner_of(const Standings& end, const Tuned& tuned) {
    const Standing* best = end.winner();
    const bool less = metric_row(tuned.race.metric).better == std::string_view("lower");
    if (!best || (less ? *best->value >= best->baseline : *best->value <= best->baseline))
        return std::nullopt;
    for (size_t i = 0; i < tuned.points.size(); i++)
        if (arm_name(i) == best->arm) return i;
    return std::nullopt;
}

/// What it differs by from the baseline, in the metric's unit.
double gain_of(const Standing& standing) {
    return standing.value ? *standing.value - standing.baseline : 0;
}

std::vector<std::optional<double>> values_of(const std::vector<std::optional<Standing>>& rows) {
    std::vector<std::optional<double>> values;
    for (const auto& row : rows)
        values.push_back(row ? row->value : std::nullopt);  // also of those that broke a guard
    return values;
}

Json values_json(const Space& space, const Point& point) {
    Json values = Json::object();
    for (size_t i = 0; i < space.knobs.size(); i++) values[space.knobs[i].at] = point[i];
    return values;
}

Json point_json(const Tuned& tuned, size_t i) {
    Json row{{"name", arm_name(i)},
             {"words", words_of(tuned.space, tuned.points[i])},
             {"values", values_json(tuned.space, tuned.points[i])}};
    const auto& standing = tuned.standings[i];
    if (!standing) {
        row["fault"] = "it cannot run here";
        return row;
    }
    row["heat"] = standing->heat;
    row["rounds"] = standing->rounds;
    row["value"] = or_null(standing->value);
    row["ratio"] = or_null(standing->ratio());
    if (tuned.race.is_for_a_front()) {
        row["against"] = or_null(standing->against);
        row["against_ratio"] = or_null(standing->against_ratio());
    }
    row["fault"] = standing->fault;
    return row;
}

std::string name_of(const Space& space, const Effect& effect) {
    std::vector<std::string> names;
    for (const size_t knob : effect.knobs) names.push_back(space.knobs[knob].name);
    return fmt::format("{}", fmt::join(names, " x "));
}

Json effect_json(const Space& space, const Effect& effect) {
    Json levels = Json::array(), knobs = Json::array();
    for (const size_t knob : effect.knobs) knobs.push_back(space.knobs[knob].at);
    for (const Level& level : effect.levels)
        levels.push_back({{"value", level.value}, {"mean", level.mean}, {"points", level.points}});
    return {{"knobs", knobs},
            {"name", name_of(space, effect)},
            {"share", effect.share},
            {"levels", levels}};
}

Json compared_json(const ComparedMetric& metric) {
    return {{"metric", metric.name},
            {"unit", metric.unit},
            {"before", or_null(metric.before)},
            {"after", or_null(metric.after)},
            {"ratio", or_null(metric.ratio)},
            {"ci_low", or_null(metric.ci_low)},
            {"ci_high", or_null(metric.ci_high)},
            {"confidence", metric.confidence},
            {"n", metric.n},
            {"verdict", to_string(metric.verdict)},
            {"verdict_words", metric.verdict_words}};
}

Json proof_json(const Proof& proof) {
    Json json = compared_json(proof.metric);
    json["fault"] = proof.fault;
    return json;
}

Json front_json(const Tuned& tuned) {
    if (!tuned.race.is_for_a_front()) return Json();
    Json front = Json::array();
    for (const FrontPoint& one : tuned.front) {
        Json row{{"point", point_json(tuned, one.point)}, {"proof", nullptr}};
        if (one.proof)
            row["proof"] = {
                {"metrics",
                 {compared_json(one.proof->metric), compared_json(one.proof->against.value())}},
                {"better", one.proof->better()},
                {"on_front", one.proof->on_front},
                {"fault", one.proof->fault}};
        front.push_back(row);
    }
    return front;
}

Json raced_json(const Tuned& tuned, const Raced& raced) {
    return {{"race", to_json(raced.race)},
            {"trials", raced.trials},
            {"winner", raced.winner ? point_json(tuned, *raced.winner) : Json()},
            {"gain", or_null(raced.gain)}};
}

std::string raced_words(const Tuned& tuned, const Raced& raced) {
    const auto all = tuned.plan["all_trials"].get<double>();
    const std::string race =
        fmt::format("a race of these takes {} of the trials ({:.1f} %) and finds", raced.trials,
                    100 * static_cast<double>(raced.trials) / all);
    if (!raced.winner) return race + " nothing that is better";
    if (raced.winner == tuned.winner) return race + " the same point";
    const std::string found =
        fmt::format("{} {}", race, words_of(tuned.space, tuned.points[*raced.winner]));
    return raced.gain ? fmt::format("{}: {:.1f} % of the best's gain", found, 100 * *raced.gain)
                      : found;
}

const ComparedMetric& compared_metric(const Comparison& comparison, const std::string& arm,
                                      const std::string& metric) {
    for (const ComparedArm& row : comparison.comparisons)
        for (const ComparedMetric& compared : row.metrics)
            if (row.arm == arm && compared.name == metric) return compared;
    throw Error(Status::invalid, fmt::format("the comparison has no {} of '{}'", metric, arm));
}

/// Where the proof was made, and the search was not.
std::string elsewhere(const Tuned& tuned) {
    const bool boots = lane_row(*lane_from(tuned.plan["lane"].get<std::string>())).boot_seeds;
    return boots ? "other boots" : "other rounds";
}

std::string change_words(const ComparedMetric& metric) {
    if (!metric.ratio || !metric.ci_low || !metric.ci_high)
        return fmt::format("{}: {}", metric.name, metric.verdict_words);
    return fmt::format("{:.3f}x the {} ({:.3f} to {:.3f}), {}", *metric.ratio, metric.name,
                       *metric.ci_low, *metric.ci_high, metric.verdict_words);
}

std::string proof_words(const Tuned& tuned) {
    const std::string said =
        fmt::format("in {}: {}", elsewhere(tuned), change_words(tuned.proof->metric));
    return tuned.proof->fault.empty() ? said : fmt::format("{}; but {}", said, tuned.proof->fault);
}

/// What a reader of both verdicts might overlook.
std::string remark(const Proof& proof) {
    if (!proof.fault.empty()) return fmt::format("; but {}", proof.fault);
    if (!proof.better()) return "; not shown to be better";
    return proof.on_front ? "" : "; another is no worse in both there";
}

std::string front_words(const Tuned& tuned, const FrontPoint& one) {
    const std::string point = words_of(tuned.space, tuned.points[one.point]);
    if (!one.proof) return point;
    return fmt::format("{}\n    in {}: {}; {}{}", point, elsewhere(tuned),
                       change_words(one.proof->metric), change_words(one.proof->against.value()),
                       remark(*one.proof));
}

/// The winner or the front, with what other boots say of it.
std::vector<std::string> best_in_words(const Tuned& tuned) {
    std::vector<std::string> lines;
    if (!tuned.front.empty()) {
        lines.push_back(fmt::format("front of {} and {}:", tuned.race.metric, tuned.race.against));
        for (const FrontPoint& one : tuned.front) lines.push_back("  " + front_words(tuned, one));
    } else if (tuned.winner) {
        const std::optional<double> ratio = tuned.standings[*tuned.winner]->ratio();
        lines.push_back(fmt::format(
            "best point: {}{}", words_of(tuned.space, tuned.points[*tuned.winner]),
            ratio ? fmt::format(" ({:.3f}x in the search, which chose it)", *ratio) : ""));
        if (tuned.proof) lines.push_back(proof_words(tuned));
    } else {
        lines.push_back(fmt::format("no point is better than '{}' in the search", tuned.baseline));
    }
    return lines;
}

}  // namespace

void judge(Tuned& tuned, const Result& search) {
    const Standings end = standings(search, tuned.race);
    tuned.baseline = baseline_of(search.experiment).name;
    tuned.plan = {{"lane", to_string(search.plan.lane)},
                  {"target", search.plan.target},
                  {"trials", search.observations.size()},
                  {"all_trials", search.plan.trials.size()}};
    tuned.provenance = search.provenance;
    tuned.standings = by_point(end.arms, tuned.points.size());
    const Standings first =
        standings(at_look(search, {.rounds = tuned.race.heat_rounds}), tuned.race);
    tuned.effects =
        effects_of(tuned.space, tuned.points, values_of(by_point(first.arms, tuned.points.size())));
    tuned.winner.reset();
    tuned.front.clear();
    if (!tuned.race.is_for_a_front()) tuned.winner = winner_of(end, tuned);
    for (size_t i = 0; i < tuned.points.size(); i++)
        if (tuned.standings[i] && tuned.standings[i]->on_front) tuned.front.push_back({i, {}});
}

Raced raced_in(const Tuned& tuned, const Result& all, const Race& race) {
    const Result part = replayed(all, *make_strategy("racing", to_json(race)));
    Raced raced{race, part.observations.size(), winner_of(standings(part, race), tuned), {}};
    if (!tuned.winner) return raced;
    raced.gain = raced.winner ? gain_of(*tuned.standings[*raced.winner]) /
                                    gain_of(*tuned.standings[*tuned.winner])
                              : 0;
    return raced;
}

bool Proof::better() const {
    return fault.empty() &&
           (metric.verdict == Verdict::better || (against && against->verdict == Verdict::better));
}

bool Tuned::proved() const {
    return (proof && proof->better()) ||
           std::any_of(front.begin(), front.end(),
                       [](const FrontPoint& one) { return one.proof && one.proof->better(); });
}

Proof proof_of(const Result& result, const Comparison& comparison, const Race& race,
               const std::string& arm) {
    Race all = race;
    all.heat_rounds = 1;
    for (const Observation& observation : result.observations)
        all.heat_rounds = std::max(all.heat_rounds, observation.trial.round + 1);
    Proof proof;
    for (const Standing& standing : standings(result, all).arms)
        if (standing.arm == arm) {
            proof.fault = standing.fault;
            proof.on_front = standing.on_front;
        }
    proof.metric = compared_metric(comparison, arm, race.metric);
    if (race.is_for_a_front()) proof.against = compared_metric(comparison, arm, race.against);
    return proof;
}

Json to_json(const Tuned& tuned) {
    Json points = Json::array(), effects = Json::array(), knobs = Json::object();
    for (size_t i = 0; i < tuned.points.size(); i++) points.push_back(point_json(tuned, i));
    for (const Effect& effect : tuned.effects.rows)
        effects.push_back(effect_json(tuned.space, effect));
    for (const SpaceKnob& knob : tuned.space.knobs) knobs[knob.at] = knob.values;
    return {{"schema_version", 1},
            {"experiment", tuned.experiment.name},
            {"question", tuned.experiment.question},
            {"space",
             {{"name", tuned.space.name},
              {"summary", tuned.space.summary},
              {"knobs", knobs},
              {"exclude", tuned.space.exclude},
              {"pareto", tuned.space.pareto},
              {"guards", tuned.space.guards}}},
            {"race", to_json(tuned.race)},
            {"better", metric_row(tuned.race.metric).better},
            {"baseline", tuned.baseline},
            {"plan", tuned.plan},
            {"provenance", tuned.provenance},
            {"points", points},
            {"effects", effects},
            {"effects_against_chance", tuned.effects.against_chance},
            {"front", front_json(tuned)},
            {"winner", tuned.winner ? point_json(tuned, *tuned.winner) : Json()},
            {"proof", tuned.proof ? proof_json(*tuned.proof) : Json()},
            {"proved_in", elsewhere(tuned)},
            {"raced", tuned.raced ? raced_json(tuned, *tuned.raced) : Json()},
            {"keep", tuned.keep}};
}

std::vector<std::string> in_words(const Tuned& tuned) {
    std::vector<std::string> lines{
        fmt::format("{} in {}: {} points, {} of {} trials", tuned.space.name, tuned.experiment.name,
                    tuned.points.size(), tuned.plan["trials"].get<size_t>(),
                    tuned.plan["all_trials"].get<size_t>())};
    for (const std::string& line : best_in_words(tuned)) lines.push_back(line);
    if (tuned.raced) lines.push_back(raced_words(tuned, *tuned.raced));
    std::vector<std::string> shares;
    for (const Effect& effect : tuned.effects.rows)
        shares.push_back(
            fmt::format("{} {:.1f} %", name_of(tuned.space, effect), 100 * effect.share));
    if (!shares.empty())
        lines.push_back(
            fmt::format("what mattered, of the spread of all points: {}", fmt::join(shares, ", ")));
    const auto faulty =
        std::count_if(tuned.standings.begin(), tuned.standings.end(),
                      [](const auto& standing) { return !standing || !standing->fault.empty(); });
    if (faulty)
        lines.push_back(
            fmt::format("{} points cannot win: a check failed, a guard was broken, or "
                        "they cannot run here; see the report",
                        faulty));
    return lines;
}

}  // namespace rxlab
