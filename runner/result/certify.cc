// SPDX-License-Identifier: GPL-2.0
#include "result/certify.h"

#include "base/error.h"
#include "base/sha256.h"
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
