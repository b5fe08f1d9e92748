// SPDX-License-Identifier: GPL-2.0
#include "result/field.h"
#include "result/result.h"

namespace rxlab {
namespace {

Json arm_json(const Arm& arm) {
    return {{"name", arm.name},
            {"summary", arm.summary},
            {"baseline", arm.baseline},
            {"builds_on", arm.builds_on},
            {"setup", arm.setup},
            {"knobs", arm.knobs},
            {"topology", arm.topology},
            {"traffic", arm.traffic},
            {"boot", arm.boot},
            {"needs", {{"kernel", arm.needs.kernel}, {"target", arm.needs.target}}},
            {"expect", arm.expect}};
}

Arm arm_from(const Field& json) {
    Arm arm;
    arm.name = json["name"].text();
    arm.summary = json["summary"].text();
    arm.baseline = json["baseline"].boolean();
    if (json.has("builds_on")) arm.builds_on = json["builds_on"].text();
    arm.setup = json["setup"].object();
    arm.knobs = json["knobs"].object();
    if (json.has("topology")) arm.topology = json["topology"].object();
    arm.traffic = json["traffic"].object();
    arm.boot = json["boot"].object();
    arm.needs = {json["needs"]["kernel"].text(), json["needs"]["target"].text()};
    arm.expect = json["expect"].texts();
    return arm;
}

Json rounds_json(const Rounds& rounds) {
    return {{"boot_seeds", rounds.boot_seeds},
            {"phases", rounds.phases},
            {"timed", rounds.timed},
            {"timed_max", rounds.timed_max},
            {"functional", rounds.functional}};
}

Rounds rounds_from(const Field& json) {
    return {json["boot_seeds"].integer(), json["phases"].integer(), json["timed"].integer(),
            json["timed_max"].integer(), json["functional"].integer()};
}

Factor factor_from(const Field& json) {
    Factor factor{json["name"].text(), {}};
    for (const Field& value : json["values"].items()) factor.values.push_back(value.json());
    return factor;
}

}  // namespace

Json to_json(const Experiment& experiment) {
    Json arms = Json::array(), factors = Json::array();
    for (const Arm& arm : experiment.arms) arms.push_back(arm_json(arm));
    for (const Factor& factor : experiment.factors)
        factors.push_back({{"name", factor.name}, {"values", factor.values}});
    return {{"file", experiment.file},
            {"text", experiment.text},
            {"name", experiment.name},
            {"question", experiment.question},
            {"description", experiment.description},
            {"lanes", names_of(experiment.lanes)},
            {"mechanism", experiment.mechanism},
            {"topology", experiment.topology},
            {"traffic", experiment.traffic},
            {"setup", experiment.setup},
            {"knobs", experiment.knobs},
            {"boot", experiment.boot},
            {"collectors", experiment.collectors},
            {"primary", experiment.primary},
            {"secondary", experiment.secondary},
            {"arms", arms},
            {"factors", factors},
            {"rounds", rounds_json(experiment.rounds)}};
}

Experiment experiment_from_json(const Json& document) {
    const Field json(document, "/experiment_source");
    Experiment experiment;
    experiment.file = json["file"].text();
    experiment.text = json["text"].text();
    experiment.name = json["name"].text();
    experiment.question = json["question"].text();
    experiment.description = json["description"].text();
    for (const Field& lane : json["lanes"].items()) experiment.lanes.push_back(lane.lane());
    experiment.mechanism = json["mechanism"].texts();
    experiment.topology = json["topology"].object();
    experiment.traffic = json["traffic"].object();
    experiment.setup = json["setup"].object();
    experiment.knobs = json["knobs"].object();
    experiment.boot = json["boot"].object();
    experiment.collectors = json["collectors"].texts();
    experiment.primary = json["primary"].texts();
    if (json.has("secondary")) experiment.secondary = json["secondary"].texts();
    for (const Field& arm : json["arms"].items()) experiment.arms.push_back(arm_from(arm));
    for (const Field& factor : json["factors"].items())
        experiment.factors.push_back(factor_from(factor));
    experiment.rounds = rounds_from(json["rounds"]);
    return experiment;
}

}  // namespace rxlab
