// SPDX-License-Identifier: GPL-2.0
#include "tune/space.h"

#include "base/error.h"
#include "experiment/document.h"
#include "experiment/experiment_json.h"
#include "experiment/resolve.h"
#include "metrics/metric.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <iterator>

namespace rxlab {
namespace {

using Pointer = Json::json_pointer;

const Json& space_schema() {
    static const Json schema = document_schema(Json::parse(R"({
            "knobs": {
                "title": "a place in an arm, as '/topology/tx_usecs'",
                "type": "object", "additionalProperties": false,
                "patternProperties": {"^/(topology|setup|knobs|traffic|boot)/.+$": {
                    "type": "array", "minItems": 2, "maxItems": 100, "uniqueItems": true
                }}
            },
            "exclude": {"type": "array", "items": {"type": "object"}},
            "objective": {
                "type": "object", "additionalProperties": false, "required": ["pareto"],
                "properties": {"pareto": {
                    "title": "two metrics", "type": "array", "minItems": 2, "maxItems": 2,
                    "uniqueItems": true, "items": {"type": "string", "maxLength": 100}
                }}
            },
            "guards": {
                "type": "object", "additionalProperties": {"type": "number", "minimum": 0.001}
            }
        })"),
                                               {"knobs"});
    return schema;
}

std::vector<std::string> pareto_of(const Json& document) {
    return document.value("objective", Json::object()).value("pareto", std::vector<std::string>());
}

/// What a schema cannot say: pointers that can be read, one that is not below another, exclusions
/// that speak of knobs and their values, metrics of which less or more is better.
std::vector<Finding> check_meaning_of(const Json& document) {
    std::vector<Finding> findings;
    const Json& knobs = document.at("knobs");
    if (knobs.empty()) findings.push_back({Pointer("/knobs"), false, "expected a knob, got none"});
    for (const auto& [at, values] : knobs.items()) try {
            for (const auto& [other, ignored] : knobs.items())
                if (other.starts_with(at + "/"))
                    findings.push_back({Pointer() / "knobs" / other, true,
                                        fmt::format("expected a place that is not in {}", at)});
            Pointer{at};
        } catch (const Json::parse_error&) {
            findings.push_back({Pointer() / "knobs" / at, true,
                                fmt::format("expected a JSON pointer, got '{}'", at)});
        }
    const std::vector<std::string> pareto = pareto_of(document);
    for (size_t i = 0; i < pareto.size(); i++)
        if (metric_row(pareto[i]).better == std::string_view("none"))
            findings.push_back(
                {Pointer() / "objective" / "pareto" / i, false,
                 fmt::format("expected a metric of which less or more is better, got '{}'",
                             pareto[i])});
    const Json exclude = document.value("exclude", Json::array());
    for (size_t i = 0; i < exclude.size(); i++)
        for (const auto& [at, given] : exclude[i].items()) {
            const Pointer place = Pointer() / "exclude" / i / at;
            if (!knobs.contains(at)) {
                findings.push_back({place, true,
                                    fmt::format("expected a knob of this space ({}), got '{}'",
                                                fmt::join(keys(knobs), ", "), at)});
                continue;
            }
            for (const Json& value : given.is_array() ? given : Json::array({given}))
                if (std::find(knobs[at].begin(), knobs[at].end(), value) == knobs[at].end())
                    findings.push_back(
                        {place, false,
                         fmt::format("expected a value that {} has, got {}", at, shown(value))});
        }
    return findings;
}

bool is_excluded(const Space& space, const Point& point) {
    return std::any_of(space.exclude.begin(), space.exclude.end(), [&](const Json& row) {
        for (size_t i = 0; i < space.knobs.size(); i++) {
            const auto given = row.find(space.knobs[i].at);
            if (given == row.end()) continue;
            const bool has = given->is_array()
                                 ? std::find(given->begin(), given->end(), point[i]) != given->end()
                                 : *given == point[i];
            if (!has) return false;
        }
        return !row.empty();
    });
}

std::vector<std::string> words_in(Pointer pointer) {
    std::vector<std::string> words;
    for (; !pointer.empty(); pointer.pop_back()) words.insert(words.begin(), pointer.back());
    return words;
}

/// Makes what is missing on the way, but no element of an array. @throws Json::exception
void set(Json& document, const std::string& at, const Json& value) {
    Json* place = &document;
    for (const std::string& word : words_in(Pointer(at)))
        place = place->is_array() ? &place->at(Pointer() / word) : &(*place)[word];
    *place = value;
}

/// The last `count` words of a pointer.
std::string last_words(const std::string& at, size_t count) {
    const std::vector<std::string> words = words_in(Pointer(at));
    const size_t first = words.size() - std::min(count, words.size());
    return fmt::format("{}",
                       fmt::join(words.begin() + static_cast<ptrdiff_t>(first), words.end(), "/"));
}

void name_knobs(std::vector<SpaceKnob>& knobs) {
    for (SpaceKnob& knob : knobs)
        for (size_t count = 1;; count++) {
            knob.name = last_words(knob.at, count);
            const auto same = std::count_if(
                knobs.begin(), knobs.end(),
                [&](const SpaceKnob& other) { return last_words(other.at, count) == knob.name; });
            if (same == 1) break;
        }
}

/// What an arm of the experiment is in all, part by part.
Json parts_of(const Json& experiment, const Arm& arm) {
    const Json above = written(arm);
    Json parts = Json::object();
    for (const char* part : kPartsWithFactors)
        parts[part] = part == std::string_view("topology") || part == std::string_view("traffic")
                          ? merge_patch(experiment.at(part), above[part])
                          : merge_members(experiment.at(part), above[part]);
    return parts;
}

/// Its own words, and the parts that points change as a whole: laid over the experiment's again
/// they are just that.
Json arm_with(const Json& experiment, const Arm& arm, const Json& parts,
              const std::vector<std::string>& changed) {
    Json document = written(arm);
    for (const char* computed : {"builds_on", "baseline", "generator", "needs", "expect"})
        document.erase(computed);
    Json needs = Json::object();
    if (!arm.needs.kernel.empty()) needs["kernel"] = arm.needs.kernel;
    if (!arm.needs.target.empty()) needs["target"] = arm.needs.target;
    if (!needs.empty()) document["needs"] = needs;
    if (!arm.expect.empty()) document["expect"] = arm.expect;
    for (const std::string& part : changed) {
        document[part] = parts[part];
        for (const std::string& key : keys(experiment.at(part)))
            if (!document[part].contains(key)) document[part][key] = nullptr;
    }
    return document;
}

}  // namespace

Space parse_space(const std::string& text, const std::string& file) {
    const Json document =
        read_document(text, file, space_schema(), check_meaning_of,
                      "experiments/spaces/README.md tells how a space is written");
    Space space{document["name"], document.value("summary", ""), {}, {}, {}, Json::object()};
    for (const auto& [at, values] : document["knobs"].items())
        space.knobs.push_back({at, "", {values.begin(), values.end()}});
    name_knobs(space.knobs);
    const Json exclude = document.value("exclude", Json::array());
    space.exclude.assign(exclude.begin(), exclude.end());
    space.pareto = pareto_of(document);
    space.guards = document.value("guards", Json::object());
    return space;
}

std::vector<Point> points_of(const Space& space) {
    size_t all = 1;
    for (const SpaceKnob& knob : space.knobs) {
        all *= knob.values.size();
        if (all > 100 * kMostPoints) break;
    }
    std::vector<Point> points;
    if (all <= 100 * kMostPoints)
        for (size_t i = 0; i < all; i++) {
            Point point(space.knobs.size());
            size_t rest = i;
            for (size_t knob = space.knobs.size(); knob-- > 0;) {
                const std::vector<Json>& values = space.knobs[knob].values;
                point[knob] = values[rest % values.size()];
                rest /= values.size();
            }
            if (!is_excluded(space, point)) points.push_back(std::move(point));
        }
    if (all > 100 * kMostPoints || points.size() > kMostPoints)
        throw Error(Status::usage,
                    fmt::format("space {}: more than the {} points that it may have", space.name,
                                kMostPoints),
                    "give its knobs fewer values, or exclude some");
    if (points.empty())
        throw Error(Status::usage, fmt::format("space {}: every point is excluded", space.name),
                    "exclude less");
    return points;
}

std::string words_of(const Space& space, const Point& point) {
    std::vector<std::string> words;
    for (size_t i = 0; i < space.knobs.size(); i++)
        words.push_back(fmt::format("{} {}", space.knobs[i].name, value_text(point[i])));
    return fmt::format("{}", fmt::join(words, ", "));
}

std::string arm_name(size_t point) {
    return fmt::format("point-{:03}", point);
}

Json with_points(const Experiment& experiment, const std::string& from, const Space& space,
                 const std::vector<Point>& points, const std::string& name) {
    if (!experiment.factors.empty())
        throw Error(Status::usage,
                    fmt::format("{} has the factor '{}': a search is in one case", experiment.name,
                                experiment.factors.front().name),
                    "name an experiment without factors, or make its values a knob of the space");
    const auto base =
        std::find_if(experiment.arms.begin(), experiment.arms.end(), [&](const Arm& arm) {
            return !arm.generator && (from.empty() ? arm.baseline : arm.name == from);
        });
    if (base == experiment.arms.end())
        throw Error(Status::usage, fmt::format("{} has no arm '{}'", experiment.name, from),
                    fmt::format("'rxlab plan {}' names its arms", experiment.name));
    const Json whole = written(experiment), parts = parts_of(whole, *base);
    std::vector<std::string> changed;
    for (const SpaceKnob& knob : space.knobs)
        changed.push_back(knob.at.substr(1, knob.at.find('/', 1) - 1));
    Json arms = Json::array();
    arms.push_back(arm_with(whole, *base, parts, changed));
    arms.back()["baseline"] = true;
    for (const Arm& arm : experiment.arms)
        if (arm.generator) {
            arms.push_back(arm_with(whole, arm, Json(), {}));
            arms.back()["generator"] = true;
        }
    for (size_t i = 0; i < points.size(); i++) {
        Json point = parts;
        for (size_t knob = 0; knob < space.knobs.size(); knob++) try {
                set(point, space.knobs[knob].at, points[i][knob]);
            } catch (const Json::exception&) {  // through a number, a text or past an array
                throw Error(
                    Status::usage,
                    fmt::format("space {}: {} is no place in arm '{}' of {}", space.name,
                                space.knobs[knob].at, base->name, experiment.name),
                    fmt::format("'rxlab plan {} --json' shows what its arms are", experiment.name));
            }
        arms.push_back(arm_with(whole, *base, point, changed));
        arms.back()["name"] = arm_name(i);
        arms.back()["summary"] = words_of(space, points[i]).substr(0, 300);
    }
    Json document = Json::parse(experiment.text, nullptr, true, true);
    for (const char* gone : {"$schema", "brief"}) document.erase(gone);
    document["name"] = name;
    document["arms"] = arms;
    return document;
}

}  // namespace rxlab
