// SPDX-License-Identifier: GPL-2.0
// Which version it was that changed a path, and what it changed there.
#include "base/error.h"
#include "base/interrupt.h"
#include "base/lines.h"
#include "base/output.h"
#include "base/sha256.h"
#include "base/whole_file.h"
#include "change/bisection.h"
#include "change/changelog.h"
#include "change/series.h"
#include "cmd/options.h"
#include "cmd/paths.h"
#include "cmd/sources.h"
#include "cmd/subject.h"
#include "cmd/versions.h"
#include "compare/cells.h"
#include "experiment/resolve.h"
#include "target/kernels.h"

#include <fmt/format.h>
#include <algorithm>
#include <memory>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

constexpr int kCannotTell = 125;  // `git bisect run` skips the revision then
constexpr size_t kEntriesShown = 8;
constexpr double kNearlyAll = 0.9;  // of the difference

struct BisectRequest {
    std::string good, bad, step;
    std::vector<std::string> experiments, among;
    RunRequest run;
    bool json = false;
};

/// A subject with all that was measured of it.
struct Looked {
    Subject subject;
    std::vector<MeasuredPaths> measured;  ///< of each experiment
    Figures figures;
};

/// "drop-point: closed-port veth".
std::string figure_name(const std::string& experiment, const Json& path) {
    return experiment + ": " + value_text(path);
}

void add_figures(const MeasuredPaths& measured, Figures& figures) {
    const Experiment& experiment = measured.result.experiment;
    for (const Cell& cell : cells_of(measured.result)) {
        if (const auto faults = faults_of(cell); !faults.empty())
            throw Error(Status::invalid, faults.front());
        figures[figure_name(experiment.name, cell.factors.at("path"))] =
            mean_of(cell, experiment.primary.front());
    }
}

class Bisecting {
public:
    explicit Bisecting(BisectRequest request) : request_(std::move(request)) {
        if (!request_.run.rounds) request_.run.rounds = 1;
        if (request_.json) request_.run.quiet = true;
    }

    /// @return exit status: 0 a step was found, 3 there is none
    int run() {
        const std::vector<std::string> between = words_between();  // before one is downloaded
        Subject good = subject_of(request_.good, request_.run.vm.kernel);
        Subject bad = subject_of(request_.bad, request_.run.vm.kernel);
        tell_apart(good, bad);
        out_ = paths_folder(request_.run, "bisect", good.name, bad.name);
        Looked first = look_at(good), last = look_at(bad);
        const std::optional<Way> way = way_between(first.figures, last.figures);
        if (!way)
            throw Error(Status::inconclusive,
                        fmt::format("{} and {} differ by less than {:.1f} % on all {} paths",
                                    good.name, bad.name, 100 * kLeastStep, first.figures.size()),
                        "name another path, or others to tell apart");
        way_ = *way;
        judge(first);
        judge(last);
        return request_.step.empty() ? bisect(between, std::move(first), std::move(last))
                                     : judge_step();
    }

private:
    std::vector<std::string> words_between() const {
        if (!request_.among.empty() || !request_.step.empty()) return request_.among;
        return versions_between(request_.good, request_.bad);
    }

    Looked look_at(const Subject& subject) {
        Looked looked{subject, {}, {}};
        RunRequest run = request_.run;
        run.report = false;
        for (const Contrast& one : contrasts_for(run, request_.experiments, {subject})) {
            looked.measured.push_back(measure_paths(run, one, folder_of(subject), command()));
            add_figures(looked.measured.back(), looked.figures);
        }
        return looked;
    }

    Looked look_at(const std::string& word) {
        return look_at(subject_of(word, request_.run.vm.kernel));
    }

    /// What a tree is built into at one step goes by the same name at the next.
    fs::path folder_of(const Subject& subject) const {
        return out_ / (subject.name + "-" + sha256(Json(subject.content).dump()).substr(0, 8));
    }

    double figure_of(const Looked& looked) const { return looked.figures.at(way_.path); }

    /// Tells it, too. @return is it bad?
    bool judge(const Looked& looked) {
        const double figure = figure_of(looked);
        const bool bad = way_.is_bad(figure);
        looks_.push_back({{"subject", looked.subject.name},
                          {"figure", figure},
                          {"share_of_way", way_.share(figure)},
                          {"bad", bad}});
        if (!request_.json)
            fmt::print("{:<16} {:>10.1f}  {}\n", looked.subject.name, figure, bad ? "bad" : "good");
        return bad;
    }

    int judge_step() {
        try {
            return judge(look_at(request_.step)) ? 1 : 0;
        } catch (const std::exception& error) {
            throw_if_interrupted();
            tell("rxlab: cannot tell: {}\n", error.what());
            return kCannotTell;
        }
    }

    int bisect(const std::vector<std::string>& between, Looked good, Looked bad) {
        Bisection bisection(between.size() + 2);
        while (const auto which = bisection.next()) {
            Looked looked = look_at(between[*which - 1]);
            const bool is_bad = judge(looked);
            bisection.found(*which, is_bad);
            (is_bad ? bad : good) = std::move(looked);
        }
        conclude_at(good, bad);
        return 0;
    }

    /// The step itself, as a diff of the path.
    Diff step_between(const Looked& good, const Looked& bad) const {
        Diff diff{good.subject, bad.subject, command()};
        for (const Looked* looked : {&good, &bad})
            for (const MeasuredPaths& measured : looked->measured)
                add_lines(diff.notes, unmoved_kernels(measured.result));
        for (size_t i = 0; i < good.measured.size(); i++)
            for (PathChange& change : changes_between(good.measured[i], bad.measured[i]))
                if (figure_name(change.experiment, change.path) == way_.path)
                    diff.paths.push_back(std::move(change));
        find_sources(diff);
        conclude(diff);
        return diff;
    }

    void conclude_at(const Looked& good, const Looked& bad) {
        const Diff diff = step_between(good, bad);
        const std::vector<std::string> entries = changelog_between(good.subject, bad.subject);
        const std::vector<std::string> about = entries_about(entries, functions_told(diff.paths));
        const Json step = to_json(diff);
        write_whole(out_ / "diff.json", step.dump(1) + "\n");
        const Json document{{"schema_version", 1},
                            {"command", diff.command},
                            {"path", way_.path},
                            {"looks", looks_},
                            {"last_good", good.subject.name},
                            {"first_bad", bad.subject.name},
                            {"diff", step},
                            {"entries", about},
                            {"all_entries", entries.size()}};
        write_whole(out_ / "bisect.json", document.dump(1) + "\n");
        if (request_.run.report) draw("diff_report.py", out_);
        if (request_.json) {
            fmt::print("{}\n", document.dump(2));
            return;
        }
        fmt::print("\nfirst bad: {}; last good: {}{}\n", bad.subject.name, good.subject.name,
                   share_words(good, bad));
        print_step(diff, about, entries.size());
    }

    void print_step(const Diff& diff, const std::vector<std::string>& about, size_t all) const {
        for (const PathChange& change : diff.paths) fmt::print("  {}\n", sentence_of(change));
        for (const std::string& note : diff.notes) fmt::print("  note: {}\n", note);
        if (all)
            fmt::print("  changelog: {} entries between, {} share a word with these functions\n",
                       all, about.size());
        for (size_t i = 0; i < std::min(kEntriesShown, about.size()); i++)
            fmt::print("    {}\n", about[i]);
        fmt::print("\n");
        print_files(out_ / "bisect.json", out_ / "diff.html", request_.run.report);
    }

    /// Where it is not all: one look finds one step, and there may be others.
    std::string share_words(const Looked& good, const Looked& bad) const {
        const double share = way_.share(figure_of(bad)) - way_.share(figure_of(good));
        if (share > kNearlyAll) return "";
        return fmt::format(
            "; {:.0f} % of the whole difference, the rest of which is at other steps", 100 * share);
    }

    std::string command() const {
        std::string start = fmt::format("rxlab bisect {} {}", request_.good, request_.bad);
        std::string end;
        for (const std::string& word : request_.among) end += " --among " + word;
        if (!request_.step.empty()) end += " --step " + request_.step;
        return paths_again(start, request_.experiments, request_.run) + end;
    }

    BisectRequest request_;
    fs::path out_;
    Way way_;
    Json looks_ = Json::array();
};

}  // namespace

void define_bisect(CommandOptions command) {
    auto request = std::make_shared<BisectRequest>();
    command.option("GOOD", request->good, subject_words()).required();
    command
        .option("BAD", request->bad,
                "a later one, on which a path differs; the one that differs most decides")
        .required();
    command
        .option("--among", request->among,
                "one between, from good to bad (may be repeated; the versions of the archive)")
        .one_at_a_time();
    command.option("--step", request->step,
                   "only judge this one, for 'git bisect run': exit status 0 good, 1 bad, 125 it "
                   "cannot be told");
    command.option("--kernel", request->run.vm.kernel,
                   "that modules are loaded into: " + kernel_words());
    add_path_options(command, request->experiments, request->run);
    command.flag("--json", request->json, "print bisect.json");
    command.does([=] { return Bisecting(*request).run(); });
}

}  // namespace rxlab
