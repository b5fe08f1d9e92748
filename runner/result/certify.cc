// SPDX-License-Identifier: GPL-2.0
#include "result/certify.h"

#include "base/error.h"
#include "base/sha256.h"
#include "experiment/resolve.h"
#include "plan/plan_json.h"

#include <fmt/format.h>
#include <set>

namespace rxlab {
namespace {

std::string name_of(const Trial& trial) {
    std::string name = trial.arm;
    for (const auto& [factor, value] : trial.factors)
        name += fmt::format(" {}={}", factor, value.dump());
    return fmt::format("{} round {} boot {} phase {}", name, trial.round, trial.boot_seed,
                       trial.phase);
}

using ByName = std::map<std::string, const Observation*>;

ByName by_name(const Result& result) {
    ByName names;
    for (const Observation& observation : result.observations)
        names[name_of(observation.trial)] = &observation;
    return names;
}

template <typename Map>
std::set<std::string> keys_of(const Map& a, const Map& b) {
    std::set<std::string> keys;
    for (const auto& [key, value] : a) keys.insert(key);
    for (const auto& [key, value] : b) keys.insert(key);
    return keys;
}

std::string shown(const Metrics& metrics, const std::string& name) {
    const auto metric = metrics.find(name);
    return metric == metrics.end() ? "nothing"
                                   : fmt::format("{:.17g} {}", metric->second.value,
                                                 hashed_unit(name, metric->second.unit));
}

void compare_metrics(const std::string& trial, const Metrics& first, const Metrics& second,
                     std::vector<std::string>& lines) {
    for (const std::string& name : keys_of(first, second)) {
        const std::string a = shown(first, name), b = shown(second, name);
        if (a != b) lines.push_back(fmt::format("{}: {} {} and {}", trial, name, a, b));
    }
}

std::map<std::string, Json> rows_by_name(const Json& rows) {
    std::map<std::string, Json> named;
    for (const Json& row : rows) {
        for (const char* field : {"name", "from", "sha256"})
            if (!row.is_object() || !row.contains(field) || !row[field].is_string())
                throw Error(Status::usage, fmt::format("an ingredient without \"{}\"", field),
                            "give what 'rxlab certify --json' printed");
        named[row["name"]] = row;
    }
    return named;
}

double mean_in(const std::vector<const Observation*>& trials, const std::string& metric) {
    double sum = 0;
    for (const Observation* trial : trials) sum += trial->metrics.at(metric).value;
    return sum / static_cast<double>(trials.size());
}

/// "closed-port path=veth: instructions_per_packet" -> value
std::map<std::string, double> figures_by_name(const Json& rows) {
    std::map<std::string, double> named;
    for (const Json& row : rows) {
        if (!row.is_object() || !row.value("arm", Json()).is_string() ||
            !row.value("metric", Json()).is_string() || !row.value("value", Json()).is_number() ||
            !row.value("factors", Json()).is_object())
            throw Error(Status::usage, "a figure without its arm, factors, metric or value",
                        "give what 'rxlab certify --json' printed");
        std::string name = row["arm"];
        for (const auto& [factor, value] : row["factors"].items())
            name += fmt::format(" {}={}", factor, value_text(value));
        named[fmt::format("{}: {}", name, row["metric"].get<std::string>())] = row["value"];
    }
    return named;
}

// The version may be the same and the bytes others: the beginning of their hash is told too.
std::string origin(const Json& row) {
    if (row.is_null()) return "none";
    return fmt::format("{} ({:.12})", row["from"].get<std::string>(),
                       row["sha256"].get<std::string>());
}

}  // namespace

std::vector<std::string> differing(const Result& first, const Result& second) {
    const ByName a = by_name(first), b = by_name(second);
    std::vector<std::string> lines;
    for (const std::string& trial : keys_of(a, b)) {
        if (!a.contains(trial) || !b.contains(trial))
            lines.push_back(fmt::format("{}: only in the {} run", trial,
                                        a.contains(trial) ? "first" : "second"));
        else
            compare_metrics(trial, a.at(trial)->metrics, b.at(trial)->metrics, lines);
    }
    return lines;
}

Json ingredients_of(const Result& result) {
    Json rows = result.provenance.value("ingredients", Json::array());
    rows.push_back({{"name", "plan"},
                    {"from", fmt::format("{}, seed {}, {} trials", result.experiment.name,
                                         result.plan.seed, result.plan.trials.size())},
                    {"sha256", sha256(to_json(result.plan).dump())}});
    return rows;
}

Json figures_of(const Result& result) {
    std::vector<std::string> cells;
    std::map<std::string, std::vector<const Observation*>> trials;
    for (const Observation& observation : result.observations) {
        auto& of_cell = trials[cell_of(observation.trial)];
        if (of_cell.empty()) cells.push_back(cell_of(observation.trial));
        of_cell.push_back(&observation);
    }
    Json figures = Json::array();
    for (const std::string& cell : cells) {
        const Observation& first = *trials[cell].front();
        for (const auto& [name, metric] : first.metrics)
            if (metric_row(name).metric_class == MetricClass::cost_instructions)
                figures.push_back({{"arm", first.trial.arm},
                                   {"factors", first.trial.factors},
                                   {"metric", name},
                                   {"unit", metric.unit},
                                   {"value", mean_in(trials[cell], name)}});
    }
    return figures;
}

std::vector<std::string> differing_figures(const Json& here, const Json& there) {
    const auto ours = figures_by_name(here), theirs = figures_by_name(there);
    std::vector<std::string> lines;
    for (const std::string& name : keys_of(ours, theirs)) {
        if (!ours.contains(name) || !theirs.contains(name)) {
            lines.push_back(
                fmt::format("{}: only {}", name, ours.contains(name) ? "here" : "there"));
            continue;
        }
        const double a = ours.at(name), b = theirs.at(name);
        if (a != b)
            lines.push_back(fmt::format("{} {:.1f} here, {:.1f} there ({:+.2f} %)", name, a, b,
                                        100 * (a / b - 1)));
    }
    return lines;
}

std::vector<std::string> differing_ingredients(const Json& here, const Json& there) {
    const auto ours = rows_by_name(here), theirs = rows_by_name(there);
    std::vector<std::string> lines;
    for (const std::string& name : keys_of(ours, theirs)) {
        const Json none, &a = ours.contains(name) ? ours.at(name) : none,
                         &b = theirs.contains(name) ? theirs.at(name) : none;
        if (a.is_null() || b.is_null() || a["sha256"] != b["sha256"])
            lines.push_back(fmt::format("{}: {} here, {} there", name, origin(a), origin(b)));
    }
    return lines;
}

}  // namespace rxlab
