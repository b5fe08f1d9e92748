// SPDX-License-Identifier: GPL-2.0
// What became of each path from version to version.
#include "change/series.h"
#include "base/error.h"
#include "base/output.h"
#include "base/whole_file.h"
#include "change/changelog.h"
#include "cmd/options.h"
#include "cmd/paths.h"
#include "cmd/subject.h"
#include "cmd/versions.h"

#include <fmt/format.h>
#include <algorithm>
#include <memory>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

/// At most, of each version: a step that five boots do not decide is smaller than what a series is
/// for, and would have every version measured again.
constexpr int kSeriesRounds = 5;

struct SeriesRequest {
    std::string name;
    std::vector<std::string> experiments;
    RunRequest run;
    bool json = false;
};

std::vector<Subject> subjects_of(const std::string& name) {
    std::vector<Subject> subjects;
    for (const std::string& version : versions_of(name))
        subjects.push_back(subject_of(version, version));
    return subjects;
}

void add_changelog(SeriesStep& step, const Subject& before, const Subject& after) {
    const std::vector<std::string> entries = changelog_between(before, after);
    step.all_entries = entries.size();
    step.entries = entries_about(entries, functions_told(step.paths));
}

void measure(Series& series, const RunRequest& run, const std::vector<Contrast>& contrasts,
             const fs::path& out) {
    const std::vector<Subject>& subjects = series.subjects;
    series.steps.resize(subjects.size() - 1);
    for (const Contrast& one : contrasts) {
        const MeasuredPaths measured = measure_paths(run, one, out, series.command);
        series.left_out.insert(series.left_out.end(), measured.left_out.begin(),
                               measured.left_out.end());
        for (size_t i = 0; i < series.steps.size(); i++)
            for (PathChange& path :
                 changes_between(measured, subjects[i].name, subjects[i + 1].name))
                series.steps[i].paths.push_back(std::move(path));
    }
    for (size_t i = 0; i < series.steps.size(); i++)
        add_changelog(series.steps[i], subjects[i], subjects[i + 1]);
}

void run_series(SeriesRequest request) {
    if (request.json) request.run.quiet = true;
    Series series;
    series.name = request.name;
    series.subjects = subjects_of(request.name);
    series.command = paths_again("rxlab series " + request.name, request.experiments, request.run);
    // The newest first: of an old one the archive may have no headers to build modules with, and
    // what the first cannot run is left out for all.
    std::vector<Contrast> contrasts = contrasts_for(
        request.run, request.experiments, {series.subjects.rbegin(), series.subjects.rend()});
    for (Contrast& one : contrasts) {
        Json& rounds = one.document.at("rounds").at("boot_seeds");
        rounds = std::min(rounds.get<int>(), kSeriesRounds);
    }
    const fs::path out = paths_folder(request.run, "series", series.subjects);
    measure(series, request.run, contrasts, out);
    const Json document = to_json(series);
    write_whole(out / "series.json", document.dump(1) + "\n");
    if (request.run.report) draw("series_report.py", out);
    if (request.json) {
        fmt::print("{}\n", document.dump(2));
        return;
    }
    for (const std::string& line : in_words(series)) fmt::print("{}\n", line);
    fmt::print("\n");
    print_files(out / "series.json", out / "series.html", request.run.report);
}

}  // namespace

void define_series(CommandOptions command) {
    auto request = std::make_shared<SeriesRequest>();
    command
        .option("SERIES", request->name,
                "6.12, 6.1, or with a flavour 6.12-rt: every version that the archive and the "
                "cache have of it")
        .required();
    add_path_options(command, request->experiments, request->run);
    command.flag("--json", request->json, "print series.json");
    command.does([=] { run_series(*request); });
}

}  // namespace rxlab
