// SPDX-License-Identifier: GPL-2.0
#include "result/result.h"

#include "base/error.h"
#include "experiment/experiment_json.h"
#include "result/result_json.h"

#include <fmt/format.h>
#include <algorithm>

namespace rxlab {
namespace {

constexpr int kSchemaVersion = 1;

/// The contract's form of a trial: who it was, flat, and what it gave. The whole Trial is in the
/// plan.
Json trial_json(const Observation& observation) {
    Json json = to_json(observation);
    const Trial& trial = observation.trial;
    json.erase("trial");
    json.update({{"id", trial.id},
                 {"arm", trial.arm},
                 {"factors", trial.factors},
                 {"round", trial.round},
                 {"boot", trial.boot_seed},
                 {"phase", trial.phase},
                 {"seed", trial.seed}});
    return json;
}

/// How much of the run went into trials; with several workers, of all workers' time.
Json timing_json(const Result& result) {
    double in_trials = 0, measured = 0, cpu = 0;
    for (const Observation& observation : result.observations) {
        in_trials += observation.wall_s;
        measured += observation.measured_s;
        cpu += observation.cpu_s;
    }
    const double workers = result.provenance.value("workers", 1.0);
    const double share =
        result.wall_s > 0 ? std::min(1.0, in_trials / (workers * result.wall_s)) : 0;
    return {{"wall_s", result.wall_s}, {"workers", workers},       {"in_trials_s", in_trials},
            {"measured_s", measured},  {"share_in_trials", share}, {"boots_s", result.boots_s},
            {"cpu_s", result.cpu_s},   {"cpu_in_trials_s", cpu}};
}

void check_version(const Field& json) {
    const Field version = json["schema_version"];
    if (version.json() != kSchemaVersion)
        version.refuse(fmt::format("{} (this rxlab's)", kSchemaVersion));
}

/// Puts the plan's whole trial back where the flat form was.
Observation observation_from(const Field& json, const std::map<int, const Trial*>& trials) {
    const auto trial = trials.find(json["id"].integer());
    if (trial == trials.end()) json["id"].refuse("the id of a trial in /plan/trials");
    if (trial->second->arm != json["arm"].text())
        json["arm"].refuse(
            fmt::format("'{}', the arm of this trial in the plan", trial->second->arm));
    try {
        Json whole = json.object();
        whole["trial"] = to_json(*trial->second);
        return observation_from_json(whole);
    } catch (const Error& error) {
        throw Error(error.status(), json.path() + error.what(), error.next());
    }
}

}  // namespace

Json to_json(const Result& result) {
    Json source = written(result.experiment), trials = Json::array();
    for (const Observation& observation : result.observations)
        trials.push_back(trial_json(observation));
    return {{"schema_version", kSchemaVersion},
            {"experiment", result.experiment.name},
            {"lane", to_string(result.plan.lane)},
            {"target", result.plan.target},
            {"provenance", result.provenance},
            {"arms", source["arms"]},
            {"trials", trials},
            {"observations_sha256", observations_sha256(result.observations)},
            {"experiment_source", source},
            {"plan", to_json(result.plan)},
            {"valid", valid(result)},
            {"wall_s", result.wall_s},
            {"timing", timing_json(result)}};
}

Result result_from_json(const Json& document) {
    const Field json(document);
    check_version(json);
    Result result;
    read(json["experiment_source"], result.experiment);
    read(json["plan"], result.plan);
    result.provenance = json["provenance"].object();
    std::map<int, const Trial*> trials;
    for (const Trial& trial : result.plan.trials) trials[trial.id] = &trial;
    for (const Field& trial : json["trials"].items())
        result.observations.push_back(observation_from(trial, trials));
    result.wall_s = json["wall_s"].number();
    const Field timing = json["timing"];
    if (timing.has("cpu_s")) result.cpu_s = timing["cpu_s"].number();
    if (timing.has("boots_s")) read(timing["boots_s"], result.boots_s);
    const Field sha = json["observations_sha256"];
    const std::string fresh = observations_sha256(result.observations);
    if (sha.text() != fresh)
        sha.refuse(fmt::format("'{}', the hash of this document's metrics", fresh));
    return result;
}

}  // namespace rxlab
