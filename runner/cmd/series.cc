// SPDX-License-Identifier: GPL-2.0
// What became of each path from version to version.
#include "change/series.h"
#include "base/error.h"
#include "base/lines.h"
#include "base/output.h"
#include "base/whole_file.h"
#include "change/changelog.h"
#include "cmd/options.h"
#include "cmd/paths.h"
#include "cmd/subject.h"
#include "cmd/versions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
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
    fs::path onto;
    bool json = false;
};

/// What is kept of versions that were measured before; null: nothing yet.
Json kept_in(const fs::path& file, const std::string& name) {
    if (file.empty() || !fs::exists(file)) return {};
    Json kept = read_json(file);
    const auto refuse = [&](const std::string& why) {
        throw Error(Status::usage, fmt::format("{} is no series.json: {}", file.string(), why),
                    "name another file; one that is not there is made");
    };
    try {
        if (const std::string why = why_not_kept(kept, name); !why.empty()) refuse(why);
    } catch (const Json::exception& error) {
        refuse(error.what());
    }
    return kept;
}

/// All of the series; or the last one that is kept, and what came after it.
std::vector<std::string> versions_for(const SeriesRequest& request, const Json& kept) {
    std::vector<std::string> versions = versions_of(request.name, kept.is_null() ? 2 : 1);
    if (kept.is_null()) return versions;
    const std::string last = kept.at("subjects").back().at("name");
    const auto found = std::find(versions.begin(), versions.end(), last);
    if (found == versions.end())
        throw Error(Status::usage,
                    fmt::format("{} ends with {}, which is none of {}", request.onto.string(), last,
                                fmt::join(versions, ", ")),
                    "without it what came after cannot be compared with it: keep that in another "
                    "file");
    return {found, versions.end()};
}

std::vector<Subject> subjects_of(const std::vector<std::string>& versions) {
    std::vector<Subject> subjects;
    for (const std::string& version : versions) subjects.push_back(subject_of(version, version));
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
        add_lines(series.left_out, measured.left_out);
        add_lines(series.notes, unmoved_kernels(measured.result));
        series.certificates.push_back(series_certificate(subjects, measured.result));
        for (size_t i = 0; i < series.steps.size(); i++)
            for (PathChange& path :
                 changes_between(measured, subjects[i].name, subjects[i + 1].name))
                series.steps[i].paths.push_back(std::move(path));
    }
    for (size_t i = 0; i < series.steps.size(); i++)
        add_changelog(series.steps[i], subjects[i], subjects[i + 1]);
}

/// Measures the versions, and has the document of all.
Json document_of(const SeriesRequest& request, const std::vector<std::string>& versions,
                 const Json& kept, const fs::path& out, Series series) {
    series.subjects = subjects_of(versions);
    // The newest first: of an old one the archive may have no headers to build modules with, and
    // what the first cannot run is left out for all.
    std::vector<Contrast> contrasts = contrasts_for(
        request.run, request.experiments, {series.subjects.rbegin(), series.subjects.rend()});
    for (Contrast& one : contrasts) {
        Json& rounds = one.document.at("rounds").at("boot_seeds");
        rounds = std::min(rounds.get<int>(), kSeriesRounds);
    }
    measure(series, request.run, contrasts, out);
    const Json measured = to_json(series);
    if (kept.is_null()) return measured;
    write_whole(out / "series.json", measured.dump(1) + "\n");  // whatever becomes of the joint
    return joined(kept, measured);
}

std::string command_for(const SeriesRequest& request) {
    RunRequest run = request.run;
    run.vm.kernel.clear();  // it names its kernels itself
    const std::string command =
        paths_again("rxlab series " + request.name, request.experiments, run);
    return request.onto.empty() ? command : command + " --onto " + request.onto.filename().string();
}

void run_series(SeriesRequest request) {
    if (request.json) request.run.quiet = true;
    const Json kept = kept_in(request.onto, request.name);
    if (!request.onto.empty()) make_folder(fs::absolute(request.onto).parent_path());
    const std::vector<std::string> versions = versions_for(request, kept);
    Series series;
    series.name = request.name;
    series.command = command_for(request);
    const fs::path out = paths_folder(request.run, "series", versions.front(), versions.back());
    const bool is_new = versions.size() > 1;
    const Json document = is_new ? document_of(request, versions, kept, out, series) : kept;
    write_whole(out / "series.json", document.dump(1) + "\n");
    if (is_new && !request.onto.empty())
        write_whole(request.onto, for_keeping(document).dump(1) + "\n");
    if (request.run.report) draw("series_report.py", out);
    if (request.json) {
        fmt::print("{}\n", document.dump(2));
        return;
    }
    if (!is_new) fmt::print("nothing new since {}\n", versions.front());
    for (const std::string& line : in_words(document)) fmt::print("{}\n", line);
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
    command.option("--onto", request->onto,
                   "a series.json that is kept: only what came after its last version is measured, "
                   "and joined to it; made where it is not there");
    add_path_options(command, request->experiments, request->run);
    command.flag("--json", request->json, "print series.json");
    command.does([=] { run_series(*request); });
}

}  // namespace rxlab
