// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "base/sha256.h"
#include "result/field.h"
#include "result/result.h"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>

namespace rxlab {
namespace {

/// JSON has no NaN: a metric without a value must not reach a document as null.
double finite(const std::string& name, double value) {
    if (!std::isfinite(value))
        throw Error(Status::invalid, fmt::format("metric {} is {}, not a number", name, value));
    return value;
}

Json metrics_json(const Metrics& metrics) {
    Json json = Json::object();
    for (const auto& [name, metric] : metrics)
        json[name] = {{"value", finite(name, metric.value)},
                      {"unit", metric.unit},
                      {"better", metric.better}};
    return json;
}

Json checks_json(const std::map<std::string, Check>& checks) {
    Json json = Json::object();
    for (const auto& [name, check] : checks)
        json[name] = {{"ok", check.ok}, {"detail", check.detail}};
    return json;
}

std::string direction(const Field& json) {
    const std::string word = json.text();
    if (word != "lower" && word != "higher" && word != "none")
        json.refuse("'lower', 'higher' or 'none'");
    return word;
}

/// One trial's part of the hash: what a second run must repeat.
std::string canonical(const Observation& observation) {
    Json metrics = Json::object();
    for (const auto& [name, metric] : observation.metrics)
        metrics[name] = {fmt::format("{:.17g}", finite(name, metric.value)),
                         hashed_unit(name, metric.unit)};
    const Trial& trial = observation.trial;
    return Json{{"arm", trial.arm},        {"factors", trial.factors}, {"round", trial.round},
                {"boot", trial.boot_seed}, {"phase", trial.phase},     {"metrics", metrics}}
        .dump();
}

}  // namespace

Json to_json(const Observation& observation) {
    return {{"trial", to_json(observation.trial)},
            {"metrics", metrics_json(observation.metrics)},
            {"checks", checks_json(observation.checks)},
            {"kernel_log", {{"splats", observation.splats}}},
            {"curves", observation.curves},
            {"facts", observation.facts},
            {"wall_s", observation.wall_s},
            {"measured_s", observation.measured_s}};
}

Observation observation_from_json(const Json& document) {
    const Field json(document);
    Observation observation;
    observation.trial = trial_from_json(json["trial"].object());
    for (const auto& [name, metric] : json["metrics"].entries())
        observation.metrics[name] = {metric["value"].number(), metric["unit"].text(),
                                     direction(metric["better"])};
    for (const auto& [name, check] : json["checks"].entries())
        observation.checks[name] = {check["ok"].boolean(), check["detail"].text()};
    observation.splats = json["kernel_log"]["splats"].texts();
    observation.curves = json["curves"].object();
    observation.facts = json["facts"].object();
    observation.wall_s = json["wall_s"].number();
    observation.measured_s = json["measured_s"].number();
    return observation;
}

std::string observations_sha256(const std::vector<Observation>& observations) {
    std::vector<std::string> lines;
    for (const Observation& observation : observations) lines.push_back(canonical(observation));
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return sha256(text);
}

}  // namespace rxlab
