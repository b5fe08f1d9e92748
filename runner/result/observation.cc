// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "base/sha256.h"
#include "result/result_json.h"

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

void check_read(const Field& json, const Metric& metric) {
    if (metric.better != "lower" && metric.better != "higher" && metric.better != "none")
        json["better"].refuse("'lower', 'higher' or 'none'");
}

bool in_order(const Observation& a, const Observation& b) {
    return a.trial.id < b.trial.id;
}

Json to_json(const Observation& observation) {
    for (const auto& [name, metric] : observation.metrics) finite(name, metric.value);
    return written(observation);
}

Observation observation_from_json(const Json& document) {
    Observation observation;
    read(Field(document), observation);
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
