// SPDX-License-Identifier: GPL-2.0
#include "experiment/experiment.h"

#include "experiment/experiment_json.h"
#include "experiment/resolve.h"
#include "experiment/schema.h"
#include "experiment/semantics.h"
#include "experiment/source.h"

namespace rxlab {
namespace {

using Pointer = Json::json_pointer;

/// The document with factor values where kPartsWithFactors refer to them.
Json with_factors(const Json& document, const std::map<std::string, Json>& factors) {
    Json result = document;
    const auto fill = [&](Json& owner) {
        for (const char* part : kPartsWithFactors)
            if (owner.is_object() && owner.contains(part))
                owner[part] = filled(owner[part], factors);
    };
    fill(result);
    if (result.is_object() && result.contains("arms") && result["arms"].is_array())
        for (Json& arm : result["arms"]) fill(arm);
    return result;
}

/// An arm's topology and traffic make sense only merged into the experiment's. What the arm did not
/// write itself is reported at the arm.
std::vector<Finding> check_merge_patch(const Json& document, const char* part, const Json& schema) {
    std::vector<Finding> findings;
    for (size_t i = 0; i < document.at("arms").size(); i++) {
        const Json& arm = document["arms"][i];
        if (!arm.contains(part)) continue;
        const Pointer in_arm = Pointer() / "arms" / i / part;
        for (Finding& finding : validate(schema, merge_patch(document[part], arm[part]))) {
            finding.pointer = in_arm / finding.pointer;
            findings.push_back(finding);
        }
    }
    return findings;
}

/// Each arm over the one it builds on: what that one is, it is too.
Json with_stages(Json document) {
    std::map<std::string, Json> stages;
    for (Json& arm : document["arms"]) {
        const Json below = stages[arm.value("builds_on", "")];
        for (const char* part : {"topology", "traffic"})
            if (below.contains(part))
                arm[part] =
                    arm.contains(part) ? compose_patches(below[part], arm[part]) : below[part];
        for (const char* part : {"setup", "knobs", "boot", "needs"})
            if (below.contains(part)) {
                Json whole = below[part];
                whole.update(arm.value(part, Json::object()));
                arm[part] = whole;
            }
        stages[arm["name"]] = arm;
    }
    return document;
}

void append(std::vector<Finding>& findings, const std::vector<Finding>& more) {
    findings.insert(findings.end(), more.begin(), more.end());
}

std::vector<Finding> check(const Source& source, const std::string& file, const Vocabulary& words) {
    const Json schema = experiment_schema(words);
    std::vector<Finding> findings = check_factors(source.document);
    const auto samples = factor_samples(source.document);
    for (const auto& factors : samples)
        append(findings, validate(schema, with_factors(source.document, factors)));
    if (!findings.empty()) return findings;
    for (const auto& factors : samples)
        for (const char* part : {"topology", "traffic"})
            append(findings, check_merge_patch(with_factors(with_stages(source.document), factors),
                                               part, schema["definitions"][part]));
    append(findings, check_meaning(source.document, file));
    if (words.require_knob) append(findings, check_knobs(source.document, words.require_knob));
    return findings;
}

/// The document with a value for each field that its author left out: what the struct has by
/// itself.
Json complete(const Json& document) {
    Json whole = written(Experiment()), arms = Json::array(), factors = Json::array();
    for (const Json& arm : document.at("arms")) {
        arms.push_back(written(Arm()));
        arms.back().update(arm, true);
    }
    const Json stated = document.value("factors", Json::object());
    for (const auto& [name, values] : stated.items())
        factors.push_back({{"name", name}, {"values", values}});
    Json rest = document;
    rest["arms"] = arms;
    rest.erase("factors");
    whole.update(rest, true);
    whole["factors"] = factors;
    return whole;
}

Experiment experiment_from(const Json& document) {
    const Json whole = complete(document);
    Experiment experiment;
    read(Field(whole), experiment);
    return experiment;
}

}  // namespace

const Arm* find_arm(const Experiment& experiment, const std::string& name) {
    for (const Arm& arm : experiment.arms)
        if (arm.name == name) return &arm;
    return nullptr;
}

const Arm& arm_named(const Experiment& experiment, const std::string& name) {
    if (const Arm* arm = find_arm(experiment, name)) return *arm;
    throw Error(Status::usage, fmt::format("{}: no arm '{}'", experiment.name, name));
}

bool is_compared(const Experiment& experiment, const std::string& arm) {
    const Arm* own = find_arm(experiment, arm);
    return own && !own->baseline && !own->generator;
}

Experiment parse_experiment(const std::string& text, const std::string& file,
                            const Vocabulary& words) {
    const Source source = read_source(text);
    std::vector<Problem> problems = source.problems;
    if (!source.document.is_discarded())
        for (const Finding& finding : check(source, file, words))
            problems.push_back(placed(source, finding));
    if (!problems.empty()) throw problems_error(file, text, problems);
    Experiment experiment = experiment_from(with_stages(source.document));
    experiment.file = file;
    experiment.text = text;
    return experiment;
}

}  // namespace rxlab
