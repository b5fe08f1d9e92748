// SPDX-License-Identifier: GPL-2.0
#include "settings/settings.h"

#include "base/error.h"
#include "experiment/document.h"
#include "experiment/resolve.h"
#include "knobs/knobs.h"

#include <fmt/format.h>

namespace rxlab {
namespace {

constexpr const char* kOtherSide = "gen";  // the generator's

const Json& settings_schema() {
    static const Json schema = document_schema(Json::parse(R"({
            "knobs": {
                "type": "object", "minProperties": 1, "maxProperties": 1000,
                "additionalProperties": {
                    "title": "a text, a number, true or false",
                    "type": ["string", "number", "boolean"]
                }
            }
        })"),
                                               {"knobs"});
    return schema;
}

std::vector<Finding> check_knobs(const Json& document) {
    std::vector<Finding> findings;
    for (const auto& [name, value] : document.at("knobs").items()) try {
            find_knob(name);
        } catch (const Error& error) {
            const std::string next = error.next().empty() ? "" : "; " + error.next();
            findings.push_back({Json::json_pointer() / "knobs" / name, true, error.what() + next});
        }
    return findings;
}

}  // namespace

Settings parse_settings(const std::string& text, const std::string& file) {
    const Json document = read_document(text, file, settings_schema(), check_knobs,
                                        "'rxlab apply --help' tells how settings are written");
    Settings settings{document["name"], document.value("summary", ""), {}};
    for (const auto& [name, value] : document["knobs"].items())
        settings.knobs.emplace_back(name, value_text(value));
    sort_knobs(settings.knobs);
    return settings;
}

Json to_json(const Settings& settings) {
    Json knobs = Json::object();
    for (const auto& [name, value] : settings.knobs) knobs[name] = value;
    return {{"name", settings.name}, {"summary", settings.summary}, {"knobs", knobs}};
}

Settings settings_of(const std::string& name, const std::string& summary, const Json& knobs) {
    Settings settings{name, summary, {}};
    for (const auto& [whole, value] : knobs.items()) {
        const std::string side = side_of(whole);
        if (side == kOtherSide) continue;
        // What names the interface, too, stays as it is until somebody says which one it is.
        const std::string here = name_for(whole, {side, "@" + side, false});
        settings.knobs.emplace_back(side_of(here).empty() ? here : whole, value_text(value));
    }
    sort_knobs(settings.knobs);
    return settings;
}

Settings for_interface(Settings settings, const std::string& interface) {
    for (auto& [name, value] : settings.knobs) {
        const std::string side = side_of(name);
        if (side.empty()) continue;
        if (interface.empty())
            throw Error(Status::usage,
                        fmt::format("knob {}: '@{}' is an interface of an experiment", name, side),
                        "--interface NAME says which one is meant here");
        name = name_for(name, {side, interface, false});
    }
    return settings;
}

std::map<std::string, std::string> values_now(Sys& sys, const Settings& settings) {
    std::vector<std::string> names;
    for (const auto& [name, value] : settings.knobs) names.push_back(name);
    return values_now(sys, names);
}

}  // namespace rxlab
