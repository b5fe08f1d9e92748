// SPDX-License-Identifier: GPL-2.0
// What one subject changed against another: every path of some experiments on both, and where the
// instructions are that one has more.
#include "base/lines.h"
#include "base/output.h"
#include "base/whole_file.h"
#include "cmd/options.h"
#include "cmd/paths.h"
#include "cmd/sources.h"
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
    bool json = false, markdown = false, same_ok = false;
    double allow = 0;
};

void print(const Diff& diff, const fs::path& out, bool report) {
    fmt::print("{}\n", headline_of(diff));
    for (const PathChange& path : diff.paths) fmt::print("  {}\n", sentence_of(path));
    for (const std::string& line : diff.notes) fmt::print("  note: {}\n", line);
    for (const std::string& line : diff.left_out) fmt::print("  left out: {}\n", line);
    fmt::print("\n");
    print_files(out / "diff.json", out / "diff.html", report);
}

void measure(Diff& diff, const DiffRequest& request, const fs::path& out) {
    for (const Contrast& one :
         contrasts_for(request.run, request.experiments, {diff.before, diff.after})) {
        const MeasuredPaths measured = measure_paths(request.run, one, out, diff.command);
        add_lines(diff.left_out, measured.left_out);
        add_lines(diff.notes, unmoved_kernels(measured.result));
        for (PathChange& path : changes_between(measured, diff.before.name, diff.after.name))
            diff.paths.push_back(std::move(path));
    }
    find_sources(diff);
    conclude(diff, request.allow / 100);
}

/// Nothing was changed, and whoever asks for every change has asked to be told so.
void tell_same(Diff& diff) {
    diff.notes.push_back(
        fmt::format("both are the same, so that nothing was measured: {}", diff.after.summary));
    diff.verdict = Verdict::same;
    diff.status = 0;
}

int diff(DiffRequest request) {
    if (request.json || request.markdown) request.run.quiet = true;
    Diff diff;
    diff.before = subject_of(request.before, request.run.vm.kernel);
    diff.after = subject_of(request.after, request.run.vm.kernel);
    const bool same = request.same_ok && are_same(diff.before, diff.after);
    if (!same) tell_apart(diff.before, diff.after);
    diff.command = paths_again(fmt::format("rxlab diff {} {}", request.before, request.after),
                               request.experiments, request.run);
    if (request.same_ok) diff.command += " --same-ok";
    if (request.allow > 0) diff.command += fmt::format(" --allow {}", request.allow);
    const fs::path out = paths_folder(request.run, "diff", diff.before.name, diff.after.name);
    if (same)
        tell_same(diff);
    else
        measure(diff, request, out);
    make_folder(out);
    const Json document = to_json(diff);
    write_whole(out / "diff.json", document.dump(1) + "\n");
    if (request.run.report || request.markdown) draw("diff_report.py", out);
    if (request.json)
        fmt::print("{}\n", document.dump(2));
    else if (request.markdown)
        fmt::print("{}", read_whole(out / "diff.md"));
    else
        print(diff, out, request.run.report);
    return diff.status;
}

}  // namespace

void define_diff(CommandOptions command) {
    auto request = std::make_shared<DiffRequest>();
    command.option("BEFORE", request->before, subject_words()).required();
    command.option("AFTER", request->after, "the one that it is compared with").required();
    command.option("--kernel", request->run.vm.kernel,
                   "that modules are loaded into: " + kernel_words());
    add_path_options(command, request->experiments, request->run);
    command
        .option("--allow", request->allow,
                "percent by which a path may be longer before the exit status is 1")
        .between(0, 1000);
    command.flag("--same-ok", request->same_ok,
                 "two that are the same are no error: nothing was changed");
    command.flag("--json", request->json, "print diff.json");
    command.flag("--markdown", request->markdown,
                 "print a summary of at most 40 lines, for a comment on a change");
    command.does([=] { return diff(*request); });
}

}  // namespace rxlab
