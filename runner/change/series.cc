// SPDX-License-Identifier: GPL-2.0
#include "change/series.h"

#include "base/error.h"
#include "base/lines.h"
#include "result/certify.h"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <set>

namespace rxlab {
namespace {

constexpr int kSeriesVersion = 1;
constexpr size_t kEntries = 5;       // of a changelog, printed
constexpr double kLeastKept = 0.05;  // instructions per packet or other item

bool is_changed(const Json& path) {
    const VerdictRow* const row = verdict_named(path.at("verdict").get<std::string>());
    return row && is_told(row->verdict);
}

Json name_in(const Json& path) {
    return Json::array({path.at("experiment"), path.at("path")});
}

std::string headline_of(const Json& series) {
    const Json& subjects = series.at("subjects");
    std::set<Json> changed;
    size_t steps = 0;
    for (const Json& step : series.at("steps")) {
        const Json& paths = step.at("paths");
        steps += std::any_of(paths.begin(), paths.end(), is_changed);
        for (const Json& path : paths)
            if (is_changed(path)) changed.insert(name_in(path));
    }
    return fmt::format("{} to {}: {} of {} paths changed, at {} of {} steps",
                       subjects.front().at("name").get<std::string>(),
                       subjects.back().at("name").get<std::string>(), changed.size(),
                       series.at("paths").size(), steps, series.at("steps").size());
}

void append(Json& list, const Json& more, size_t from = 0) {
    list.insert(list.end(), more.begin() + static_cast<ptrdiff_t>(from), more.end());
}

/// The one of these paths with this name; null: none has it.
Json* path_named(Json& paths, const Json& name) {
    for (Json& path : paths)
        if (name_in(path) == name) return &path;
    return nullptr;
}

/// Each path, in the order they are first seen, with its figure of each version; null where there
/// is none.
Json figures_of(const Json& steps) {
    Json paths = Json::array();
    for (size_t i = 0; i < steps.size(); i++)
        for (const Json& path : steps[i].at("paths")) {
            Json* known = path_named(paths, name_in(path));
            if (!known)
                known = &paths.emplace_back(Json{{"experiment", path.at("experiment")},
                                                 {"path", path.at("path")},
                                                 {"values", Json(steps.size() + 1, nullptr)}});
            Json& values = known->at("values");
            if (values[i].is_null()) values[i] = path.at("before");
            values[i + 1] = path.at("after");
        }
    return paths;
}

/// The figures of `more` behind those that are kept, which begin and end with versions of their
/// own.
void append_figures(Json& kept, const Json& more, size_t versions_kept) {
    for (const Json& path : more.at("paths")) {
        Json* known = path_named(kept["paths"], name_in(path));
        if (!known) {
            kept["paths"].push_back(path);
            known = &kept["paths"].back();
            (*known)["values"] = Json(versions_kept - 1, nullptr);
            append((*known)["values"], path.at("values"));
            continue;
        }
        const Json then = known->at("values").back(), now = path.at("values").front();
        if (then.is_number() && now.is_number() &&
            std::abs(then.get<double>() - now.get<double>()) >= kLeastKept)
            kept["notes"].push_back(fmt::format(
                "{} {}: {} had {:.1f} when it was new and {:.1f} when it was measured again, "
                "beside what came after it: figures before and after it are of other ingredients",
                path.at("experiment").get<std::string>(), path.at("path").get<std::string>(),
                more.at("subjects").front().at("name").get<std::string>(), then.get<double>(),
                now.get<double>()));
        append((*known)["values"], path.at("values"), 1);
    }
    const size_t versions = versions_kept + more.at("subjects").size() - 1;
    for (Json& path : kept["paths"])
        while (path["values"].size() < versions) path["values"].push_back(nullptr);
}

bool is_list_of_texts(const Json& list) {
    return list.is_array() &&
           std::all_of(list.begin(), list.end(), [](const Json& item) { return item.is_string(); });
}

}  // namespace

std::string why_not_kept(const Json& kept, const std::string& series) {
    if (kept.at("schema_version") != kSeriesVersion)
        return fmt::format("schema_version {}, and this rxlab knows {}",
                           kept.at("schema_version").dump(), kSeriesVersion);
    if (kept.at("series") != series)
        return fmt::format("it is of {}, not of {}", kept.at("series").dump(), series);
    const size_t versions = kept.at("subjects").size();
    if (versions < 2 || kept.at("steps").size() + 1 != versions)
        return "it has no step from each version to the next";
    for (const Json& path : kept.at("paths"))
        if (path.at("values").size() != versions)
            return fmt::format("{}: no figure for each version", name_in(path).dump());
    for (const char* key : {"left_out", "notes"})
        if (!is_list_of_texts(kept.value(key, Json::array())))
            return fmt::format("\"{}\" is no list of texts", key);
    if (!kept.value("certificates", Json::array()).is_array()) return "\"certificates\" is no list";
    if (kept.at("subjects").back().at("name").get<std::string>().empty())
        return "a version without a name";
    in_words(kept);
    return "";
}

Json joined(Json kept, const Json& more) {
    if (kept.at("series") != more.at("series"))
        throw Error(
            Status::usage,
            fmt::format("the series that is kept is {}, this is {}",
                        kept.at("series").get<std::string>(), more.at("series").get<std::string>()),
            "keep each in a file of its own");
    const std::string last = kept.at("subjects").back().at("name"),
                      first = more.at("subjects").front().at("name");
    if (first != last)
        throw Error(Status::usage,
                    fmt::format("what is kept ends with {}, this begins with {}", last, first),
                    "keep it in another file");
    if (!kept.contains("notes")) kept["notes"] = Json::array();
    append_figures(kept, more, kept.at("subjects").size());
    append(kept["subjects"], more.at("subjects"), 1);
    append(kept["steps"], more.at("steps"));
    for (const char* key : {"left_out", "notes"}) {
        std::vector<std::string> lines = kept[key];
        add_lines(lines, more.at(key));
        kept[key] = lines;
    }
    if (!kept.contains("certificates")) kept["certificates"] = Json::array();
    append(kept["certificates"], more.value("certificates", Json::array()));
    kept["command"] = more.at("command");
    kept["headline"] = headline_of(kept);
    return kept;
}

Json for_keeping(Json series) {
    for (Json& step : series.at("steps"))
        for (Json& path : step.at("paths")) {
            Json kept = Json::array();
            if (!is_changed(path))
                path["moved"] = Json::array();
            else
                for (const Json& one : path.at("functions"))
                    if (std::abs(one.at("difference").get<double>()) >= kLeastKept)
                        kept.push_back(one);
            path["functions"] = kept;
        }
    return series;
}

std::vector<std::string> in_words(const Json& series) {
    std::vector<std::string> lines{series.at("headline")};
    for (const Json& step : series.at("steps")) {
        const Json& paths = step.at("paths");
        if (std::none_of(paths.begin(), paths.end(), is_changed)) continue;
        lines.push_back(fmt::format("{} to {}:", step.at("before").get<std::string>(),
                                    step.at("after").get<std::string>()));
        for (const Json& path : paths)
            if (is_changed(path)) lines.push_back("  " + path.at("sentence").get<std::string>());
        const Json& entries = step.at("entries");
        for (size_t i = 0; i < std::min(kEntries, entries.size()); i++)
            lines.push_back("  changelog: " + entries[i].get<std::string>());
    }
    for (const Json& note : series.value("notes", Json::array()))
        lines.push_back("note: " + note.get<std::string>());
    return lines;
}

std::vector<std::string> functions_told(const std::vector<PathChange>& paths) {
    std::set<std::string> names;
    for (const PathChange& path : paths)
        if (is_told(path))
            for (const std::string& cause : causes_of(path)) names.insert(cause);
    return {names.begin(), names.end()};
}

Json series_certificate(const std::vector<Subject>& versions, const Result& result) {
    Json names = Json::array();
    for (const Subject& version : versions) names.push_back(version.name);
    return {{"experiment", result.experiment.name},
            {"versions", names},
            {"observations_sha256", observations_sha256(result.observations)},
            {"ingredients", ingredients_of(result)}};
}

Json to_json(const Series& series) {
    Json subjects = Json::array(), steps = Json::array();
    for (const Subject& subject : series.subjects) subjects.push_back(to_json(subject));
    for (size_t i = 0; i < series.steps.size(); i++) {
        Json changes = Json::array();
        for (const PathChange& path : series.steps[i].paths) changes.push_back(to_json(path));
        steps.push_back({{"before", series.subjects[i].name},
                         {"after", series.subjects[i + 1].name},
                         {"paths", changes},
                         {"entries", series.steps[i].entries},
                         {"all_entries", series.steps[i].all_entries}});
    }
    Json json{{"schema_version", kSeriesVersion},   {"series", series.name},
              {"command", series.command},          {"subjects", subjects},
              {"paths", figures_of(steps)},         {"steps", steps},
              {"left_out", series.left_out},        {"notes", series.notes},
              {"certificates", series.certificates}};
    json["headline"] = headline_of(json);
    return json;
}

}  // namespace rxlab
