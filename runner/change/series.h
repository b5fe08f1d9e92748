// SPDX-License-Identifier: GPL-2.0
// series.json: what became of each path from one version to the next. Pure.
#pragma once
#include "change/document.h"
#include "result/result.h"

#include <string>
#include <vector>

namespace rxlab {

/// From one subject to the next.
struct SeriesStep {
    std::vector<PathChange> paths;
    /// Of the later one's changelog, what has a word in common with the functions that changed.
    std::vector<std::string> entries;
    size_t all_entries = 0;
};

struct Series {
    std::string name;  ///< "6.12"
    std::string command;
    std::vector<Subject> subjects;  ///< oldest first
    std::vector<SeriesStep> steps;  ///< one fewer
    std::vector<std::string> left_out;
    std::vector<std::string> notes;     ///< what a reader must know before believing it
    Json certificates = Json::array();  ///< of each experiment
};

/// What one experiment observed of these versions, and what its guests were made of.
Json series_certificate(const std::vector<Subject>& versions, const Result& result);

/// Names of the functions that make up the difference of paths that changed, and of those that call
/// them, for entries_about().
std::vector<std::string> functions_told(const std::vector<PathChange>& paths);

/// series.json, as results/schema/series.schema.json has it.
Json to_json(const Series& series);

/// Why what was kept is no series.json of that series which another can be joined to; empty: it is
/// one. @throws Json::exception: it is no document of the kind at all
std::string why_not_kept(const Json& kept, const std::string& series);

/// One series.json of two: `more` begins with the version that `kept` ends with. Figures of
/// versions that are kept stay; where that version has others in `more`, a note says so.
/// @throws Error(Status::usage): they are of different series, or do not meet
Json joined(Json kept, const Json& more);

/// What is kept of a series.json for years: functions of the paths that changed only, and of these
/// no difference below a twentieth of an instruction.
Json for_keeping(Json series);

/// Of a series.json: the headline, a line for each step at which a path changed, and below it what
/// changed.
std::vector<std::string> in_words(const Json& series);

}  // namespace rxlab
