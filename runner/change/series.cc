// SPDX-License-Identifier: GPL-2.0
#include "change/series.h"

#include <fmt/format.h>
#include <algorithm>
#include <set>
#include <utility>

namespace rxlab {
namespace {

constexpr int kSeriesVersion = 1;
constexpr size_t kEntries = 5;  // of a changelog, printed

using PathName = std::pair<std::string, std::string>;  // experiment, path

PathName name_of_path(const PathChange& path) {
    return {path.experiment, path.path};
}

const PathChange* find(const SeriesStep& step, const PathName& name) {
    for (const PathChange& path : step.paths)
        if (name_of_path(path) == name) return &path;
    return nullptr;
}

/// In the order they are first seen.
std::vector<PathName> paths_of(const Series& series) {
    std::vector<PathName> names;
    for (const SeriesStep& step : series.steps)
        for (const PathChange& path : step.paths)
            if (std::find(names.begin(), names.end(), name_of_path(path)) == names.end())
                names.push_back(name_of_path(path));
    return names;
}

bool is_changed(const SeriesStep& step) {
    return std::any_of(step.paths.begin(), step.paths.end(), is_told);
}

/// The path's figure of each subject; null where there is none.
Json values_of(const Series& series, const PathName& name) {
    Json values = Json::array();
    for (size_t i = 0; i < series.steps.size(); i++) {
        const PathChange* path = find(series.steps[i], name);
        if (i == 0) values.push_back(path ? or_null(path->metric.before) : Json());
        values.push_back(path ? or_null(path->metric.after) : Json());
    }
    return values;
}

}  // namespace

std::vector<std::string> functions_told(const std::vector<PathChange>& paths) {
    std::set<std::string> names;
    for (const PathChange& path : paths)
        if (is_told(path))
            for (const std::string& cause : causes_of(path)) names.insert(cause);
    return {names.begin(), names.end()};
}

std::string headline_of(const Series& series) {
    std::set<PathName> changed;
    size_t steps = 0;
    for (const SeriesStep& step : series.steps) {
        steps += is_changed(step);
        for (const PathChange& path : step.paths)
            if (is_told(path)) changed.insert(name_of_path(path));
    }
    return fmt::format("{} to {}: {} of {} paths changed, at {} of {} steps",
                       series.subjects.front().name, series.subjects.back().name, changed.size(),
                       paths_of(series).size(), steps, series.steps.size());
}

std::vector<std::string> in_words(const Series& series) {
    std::vector<std::string> lines{headline_of(series)};
    for (size_t i = 0; i < series.steps.size(); i++) {
        const SeriesStep& step = series.steps[i];
        if (!is_changed(step)) continue;
        lines.push_back(
            fmt::format("{} to {}:", series.subjects[i].name, series.subjects[i + 1].name));
        for (const PathChange& path : step.paths)
            if (is_told(path)) lines.push_back("  " + sentence_of(path));
        for (size_t entry = 0; entry < std::min(kEntries, step.entries.size()); entry++)
            lines.push_back("  changelog: " + step.entries[entry]);
    }
    return lines;
}

Json to_json(const Series& series) {
    Json subjects = Json::array(), paths = Json::array(), steps = Json::array();
    for (const Subject& subject : series.subjects) subjects.push_back(to_json(subject));
    for (const PathName& name : paths_of(series))
        paths.push_back({{"experiment", name.first},
                         {"path", name.second},
                         {"values", values_of(series, name)}});
    for (size_t i = 0; i < series.steps.size(); i++) {
        Json changes = Json::array();
        for (const PathChange& path : series.steps[i].paths) changes.push_back(to_json(path));
        steps.push_back({{"before", series.subjects[i].name},
                         {"after", series.subjects[i + 1].name},
                         {"paths", changes},
                         {"entries", series.steps[i].entries},
                         {"all_entries", series.steps[i].all_entries}});
    }
    return {{"schema_version", kSeriesVersion},
            {"series", series.name},
            {"command", series.command},
            {"headline", headline_of(series)},
            {"subjects", subjects},
            {"paths", paths},
            {"steps", steps},
            {"left_out", series.left_out}};
}

}  // namespace rxlab
