// SPDX-License-Identifier: GPL-2.0
#include "experiment/schema.h"

#include "experiment/experiment.h"
#include "experiment/general_schema.h"

#include <fmt/format.h>
#include <optional>
#include <regex>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace rxlab {
namespace {

using Words = std::vector<Vocabulary::Word>;

/// "additionalProperties": false wherever properties are listed, so that a misspelt key is named.
Json closed(Json schema) {
    if (schema.is_object() && schema.contains("properties") &&
        !schema.contains("additionalProperties"))
        schema["additionalProperties"] = false;
    if (schema.is_structured())
        for (Json& part : schema) part = closed(part);
    return schema;
}

Json names(const Words& words) {
    Json list = Json::array();
    for (const auto& word : words) list.push_back(word.name);
    return list;
}

Json parameters_of(const Vocabulary::Word& word) {
    Json schema = word.schema.is_object() ? word.schema : Json::object();
    schema["type"] = "object";
    if (!schema.contains("properties")) schema["properties"] = Json::object();
    if (!schema.contains("description")) schema["description"] = word.summary;
    return closed(schema);
}

/// An object whose "kind" says which parameters it may have.
Json by_kind(const Words& words, const std::string& title) {
    Json schema = {{"type", "object"},
                   {"required", {"kind"}},
                   {"properties", {{"kind", {{"title", title}, {"enum", names(words)}}}}},
                   {"allOf", Json::array()}};
    for (const auto& word : words) {
        Json parameters = parameters_of(word);
        parameters["properties"]["kind"] = {{"const", word.name}};
        const Json is_kind = {{"properties", {{"kind", {{"const", word.name}}}}},
                              {"required", {"kind"}}};
        schema["allOf"].push_back({{"if", is_kind}, {"then", parameters}});
    }
    return schema;
}

/// Setup kind -> its parameters, or an array of them to apply the kind several times.
Json setup_schema(const Words& words, bool null_allowed) {
    Json properties = Json::object();
    for (const auto& word : words) {
        const Json parameters = parameters_of(word);
        const Json several = {{"type", "array"}, {"minItems", 1}, {"items", parameters}};
        const Json value = {{"if", {{"type", "array"}}}, {"then", several}, {"else", parameters}};
        properties[word.name] =
            null_allowed ? Json{{"if", {{"type", "null"}}}, {"else", value}} : value;
    }
    return {{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
}

/// "kind:object" -> value.
Json knobs_schema(const Words& words, bool null_allowed) {
    Json patterns = Json::object();
    for (const auto& word : words) {
        Json value = word.schema.is_object() ? word.schema : Json{{"type", {"string", "integer"}}};
        if (null_allowed) value = {{"if", {{"type", "null"}}}, {"else", value}};
        patterns["^" + word.name + ":(?!.*\\.\\.)[A-Za-z0-9_./:,@*{}-]+$"] = value;
    }
    std::vector<std::string> kinds;
    for (const auto& word : words) kinds.push_back(word.name);
    return {
        {"title", fmt::format("a knob KIND:OBJECT (KIND {}; no '..' in OBJECT)", one_of(kinds))},
        {"type", "object"},
        {"additionalProperties", false},
        {"patternProperties", patterns}};
}

std::string pattern_of(const std::string& name) {
    std::string pattern = "^";
    for (char c : name) pattern += c == '*' ? "[a-z0-9_.-]*" : c == '.' ? "\\." : std::string(1, c);
    return pattern + "$";
}

/// One of the words; '*' in a word stands for any text, a lone '*' ("and whatever else there is")
/// for no word at all.
Json words_schema(const Words& words, const std::string& title) {
    Json exact = Json::array(), choice = Json::array();
    for (const auto& word : words) {
        if (word.name == "*") continue;
        if (word.name.find('*') == std::string::npos)
            exact.push_back(word.name);
        else
            choice.push_back({{"type", "string"},
                              {"pattern", pattern_of(word.name)},
                              {"description", word.name}});
    }
    if (choice.empty()) return {{"title", title}, {"enum", exact}};
    choice.push_back({{"enum", exact}});
    return {{"title", title}, {"anyOf", choice}};
}

/// Compiled once for a schema that comes again, as it does with each experiment that is read; that
/// takes longer than the judging.
const valijson::Schema& compiled(const Json& schema) {
    thread_local Json known;
    thread_local std::optional<valijson::Schema> kept;
    if (kept && known == schema) return *kept;
    kept.emplace();
    known = schema;
    valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(known), *kept);
    return *kept;
}

/// valijson's own words for what narrate() does not know, at the deepest place it names.
Finding plain_finding(valijson::ValidationResults& results) {
    valijson::ValidationResults::Error error, deepest;
    while (results.popError(error))
        if (error.context.size() > deepest.context.size()) deepest = error;
    Json::json_pointer pointer;
    for (size_t i = 1; i < deepest.context.size(); i++) {
        const std::string& step = deepest.context[i];
        if (step.starts_with("[\""))
            pointer.push_back(step.substr(2, step.size() - 4));
        else
            pointer.push_back(step.substr(1, step.size() - 2));
    }
    return {pointer, false,
            fmt::format("expected what the schema allows, got this: {}", deepest.description)};
}

}  // namespace

Json experiment_schema(const Vocabulary& words) {
    static const Json general = Json::parse(kGeneralSchema);
    Json schema = general;
    Json& definitions = schema["definitions"];
    definitions["lane"] = {{"enum", lane_names()}};
    definitions["topology"] = by_kind(words.topologies, "a topology");
    definitions["traffic"] = by_kind(words.traffics, "a traffic");
    definitions["setup"] = setup_schema(words.setups, false);
    definitions["armSetup"] = setup_schema(words.setups, true);
    definitions["knobs"] = knobs_schema(words.knobs, false);
    definitions["armKnobs"] = knobs_schema(words.knobs, true);
    definitions["device"] = words_schema(words.devices, "a device");
    definitions["collector"] = words_schema(words.collectors, "a collector");
    definitions["metric"] = words_schema(words.metrics, "a metric");
    return schema;
}

std::vector<Finding> validate(const Json& schema, const Json& instance) {
    valijson::ValidationResults results;
    thread_local valijson::Validator validator;  // keeps the patterns that it has compiled
    if (validator.validate(compiled(schema), valijson::adapters::NlohmannJsonAdapter(instance),
                           &results))
        return {};
    std::vector<Finding> findings = narrate(schema, instance);
    if (findings.empty()) findings.push_back(plain_finding(results));
    return findings;
}

}  // namespace rxlab
