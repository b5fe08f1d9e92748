// SPDX-License-Identifier: GPL-2.0
// What one subject changed against another: every path of some experiments on both, and where the
// instructions are that one has more.
#include "base/output.h"
#include "base/whole_file.h"
#include "cmd/options.h"
#include "cmd/paths.h"
#include "cmd/subject.h"
#include "target/kernels.h"

#include <fmt/format.h>
#include <memory>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

struct DiffRequest {
    std::string before, after;
    std::vector<std::string> experiments;
    RunRequest run;
    bool json = false, markdown = false;
};

void print(const Diff& diff, const fs::path& out, bool report) {
    fmt::print("{}\n", headline_of(diff));
    for (const PathChange& path : diff.paths) fmt::print("  {}\n", sentence_of(path));
    for (const std::string& line : diff.left_out) fmt::print("  left out: {}\n", line);
    fmt::print("\nresult  {}\n", (out / "diff.json").string());
    if (report) fmt::print("report  {}\n", (out / "diff.html").string());
}

Diff measured_diff(const DiffRequest& request, fs::path& out) {
    Diff diff;
    diff.before = subject_of(request.before, request.run.vm.kernel);
    diff.after = subject_of(request.after, request.run.vm.kernel);
    tell_apart(diff.before, diff.after);
    const std::vector<Subject> subjects{diff.before, diff.after};
    const std::vector<std::string> experiments =
        request.experiments.empty() ? usual_paths(subjects) : request.experiments;
    const std::vector<Contrast> contrasts = contrasts_for(request.run, experiments, subjects);
    diff.command = paths_again(fmt::format("rxlab diff {} {}", request.before, request.after),
                               request.experiments, request.run);
    out = paths_folder(request.run, "diff", subjects);
    for (const Contrast& one : contrasts) {
        const MeasuredPaths measured = measure_paths(
            request.run, one, out / one.document.at("name").get<std::string>(), diff.command);
        add_left_out(one, measured, diff.left_out);
        for (PathChange& path : changes_between(measured, diff.before.name, diff.after.name))
            diff.paths.push_back(std::move(path));
    }
    conclude(diff);
    return diff;
}

int diff(DiffRequest request) {
    if (request.json || request.markdown) request.run.quiet = true;
    fs::path out;
    const Diff found = measured_diff(request, out);
    const Json document = to_json(found);
    write_whole(out / "diff.json", document.dump(1) + "\n");
    if (request.run.report || request.markdown) draw("diff_report.py", out);
    if (request.json)
        fmt::print("{}\n", document.dump(2));
    else if (request.markdown)
        fmt::print("{}", read_whole(out / "diff.md"));
    else
        print(found, out, request.run.report);
    return static_cast<int>(verdict_row(found.verdict).status);
}

}  // namespace

void define_diff(CommandOptions command) {
    auto request = std::make_shared<DiffRequest>();
    command.option("BEFORE", request->before, subject_words()).required();
    command.option("AFTER", request->after, "the one that it is compared with").required();
    command.option("EXPERIMENT", request->experiments,
                   "experiments whose arms are the paths, each a name from 'rxlab list' or the "
                   "path of a file; EXPERIMENT:ARM is one of them");
    command.option("--kernel", request->run.vm.kernel,
                   "that modules are loaded into: " + kernel_words());
    add_path_options(command, request->run);
    command.flag("--json", request->json, "print diff.json");
    command.flag("--markdown", request->markdown,
                 "print a summary of at most 40 lines, for a comment on a change");
    command.does([=] { return diff(*request); });
}

}  // namespace rxlab
