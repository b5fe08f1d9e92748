// SPDX-License-Identifier: GPL-2.0
// Which version it was that changed a path, and what it changed there.
#include "base/error.h"
#include "base/output.h"
#include "base/sha256.h"
#include "base/whole_file.h"
#include "change/bisection.h"
#include "change/changelog.h"
#include "change/series.h"
#include "cmd/options.h"
#include "cmd/paths.h"
#include "cmd/subject.h"
#include "cmd/versions.h"
#include "compare/cells.h"
#include "experiment/resolve.h"
#include "target/kernels.h"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
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
        double sum = 0;
        for (const Observation* one : cell.observations)
            sum += one->metrics.at(experiment.primary.front()).value;
        figures[figure_name(experiment.name, cell.factors.at("path"))] =
            sum / static_cast<double>(cell.observations.size());
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
        good_ = subject_of(request_.good, request_.run.vm.kernel);
        bad_ = subject_of(request_.bad, request_.run.vm.kernel);
        tell_apart(good_, bad_);
        if (request_.experiments.empty()) request_.experiments = usual_paths({good_, bad_});
        out_ = paths_folder(request_.run, "bisect", {good_, bad_});
        Looked first = look_at(good_), last = look_at(bad_);
        const auto path = most_different(first.figures, last.figures);
        if (!path)
            throw Error(Status::inconclusive,
                        fmt::format("{} and {} differ by less than {:.1f} % on all {} paths",
                                    good_.name, bad_.name, 100 * kLeastStep, first.figures.size()),
                        "name another path, or others to tell apart");
        const double from = first.figures.at(*path), to = last.figures.at(*path);
        whole_ = to - from;
        tell_look(*path, first, from, to);
        tell_look(*path, last, from, to);
        return request_.step.empty() ? bisect(between, std::move(first), std::move(last), *path)
                                     : judge_step(*path, from, to);
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
        for (const Contrast& one :
             contrasts_for(request_.run, request_.experiments, {looked.subject})) {
            const fs::path folder =
                folder_of(looked.subject) / one.document.at("name").get<std::string>();
            looked.measured.push_back(measure_paths(run, one, folder, command()));
            add_figures(looked.measured.back(), looked.figures);
        }
        return looked;
    }

    /// What a tree is built into at one step goes by the same name at the next.
    fs::path folder_of(const Subject& subject) const {
        return out_ / (subject.name + "-" + sha256(subject.content).substr(0, 8));
    }

    void tell_look(const std::string& path, const Looked& looked, double good, double bad) {
        const double figure = looked.figures.at(path);
        looks_.push_back({{"subject", looked.subject.name},
                          {"figure", figure},
                          {"share_of_way", share_of_way(good, bad, figure)},
                          {"bad", is_bad(good, bad, figure)}});
        if (!request_.json)
            fmt::print("{:<16} {:>10.1f}  {}\n", looked.subject.name, figure,
                       is_bad(good, bad, figure) ? "bad" : "good");
    }

    int judge_step(const std::string& path, double good, double bad) {
        try {
            const Looked looked = look_at(subject_of(request_.step, request_.run.vm.kernel));
            tell_look(path, looked, good, bad);
            return is_bad(good, bad, looked.figures.at(path)) ? 1 : 0;
        } catch (const std::exception& error) {
            if (const auto* known = dynamic_cast<const Error*>(&error);
                known && known->status() == Status::interrupted)
                throw;
            tell("rxlab: cannot tell: {}\n", error.what());
            return kCannotTell;
        }
    }

    int bisect(const std::vector<std::string>& between, Looked good, Looked bad,
               const std::string& path) {
        const double from = good.figures.at(path), to = bad.figures.at(path);
        Bisection bisection(between.size() + 2);
        while (const auto which = bisection.next()) {
            Looked looked = look_at(subject_of(between[*which - 1], request_.run.vm.kernel));
            tell_look(path, looked, from, to);
            const bool is = is_bad(from, to, looked.figures.at(path));
            bisection.found(*which, is);
            (is ? bad : good) = std::move(looked);
        }
        conclude_at(good, bad, path);
        return 0;
    }

    /// The step itself, as a diff of the path.
    void conclude_at(const Looked& good, const Looked& bad, const std::string& path) {
        Diff diff{good.subject, bad.subject, command(), {}, {}, Verdict::inconclusive};
        for (size_t i = 0; i < good.measured.size(); i++)
            for (PathChange& change : changes_between(good.measured[i], bad.measured[i]))
                if (figure_name(change.experiment, change.path) == path)
                    diff.paths.push_back(std::move(change));
        conclude(diff);
        const std::vector<std::string> entries = changelog_between(good.subject, bad.subject);
        const std::vector<std::string> about = entries_about(entries, functions_told(diff.paths));
        write_whole(out_ / "diff.json", to_json(diff).dump(1) + "\n");
        const Json document{{"schema_version", 1},
                            {"command", command()},
                            {"path", path},
                            {"looks", looks_},
                            {"last_good", good.subject.name},
                            {"first_bad", bad.subject.name},
                            {"diff", to_json(diff)},
                            {"entries", about},
                            {"all_entries", entries.size()}};
        write_whole(out_ / "bisect.json", document.dump(1) + "\n");
        if (request_.run.report) draw("diff_report.py", out_);
        if (request_.json) {
            fmt::print("{}\n", document.dump(2));
            return;
        }
        fmt::print("\nfirst bad: {}; last good: {}{}\n", bad.subject.name, good.subject.name,
                   share_words(good, bad, path));
        for (const PathChange& change : diff.paths) fmt::print("  {}\n", sentence_of(change));
        if (!entries.empty())
            fmt::print("  changelog: {} entries between, {} share a word with these functions\n",
                       entries.size(), about.size());
        for (size_t i = 0; i < std::min(kEntriesShown, about.size()); i++)
            fmt::print("    {}\n", about[i]);
        fmt::print("\nresult  {}\n", (out_ / "bisect.json").string());
        if (request_.run.report) fmt::print("report  {}\n", (out_ / "diff.html").string());
    }

    /// Where it is not all: one look finds one step, and there may be others.
    std::string share_words(const Looked& good, const Looked& bad, const std::string& path) const {
        const double share = std::abs((bad.figures.at(path) - good.figures.at(path)) / whole_);
        return share > kNearlyAll ? ""
                                  : fmt::format(
                                        "; {:.0f} % of the whole difference, the rest of "
                                        "which is at other steps",
                                        100 * share);
    }

    std::string command() const {
        std::string start = fmt::format("rxlab bisect {} {}", request_.good, request_.bad);
        std::string end;
        for (const std::string& word : request_.among) end += " --among " + word;
        if (!request_.step.empty()) end += " --step " + request_.step;
        return paths_again(start, request_.experiments, request_.run) + end;
    }

    BisectRequest request_;
    Subject good_, bad_;
    fs::path out_;
    double whole_ = 0;  ///< from good to bad, on the path that decides
    Json looks_ = Json::array();
};

}  // namespace

void define_bisect(CommandOptions command) {
    auto request = std::make_shared<BisectRequest>();
    command.option("GOOD", request->good, subject_words()).required();
    command.option("BAD", request->bad, "a later one, on which a path differs").required();
    command.option("EXPERIMENT", request->experiments,
                   "experiments whose arms are the paths; EXPERIMENT:ARM is one of them. The path "
                   "that differs most decides");
    command
        .option("--among", request->among,
                "one between, from good to bad (may be repeated; the versions of the archive)")
        .one_at_a_time();
    command.option("--step", request->step,
                   "only judge this one, for 'git bisect run': exit status 0 good, 1 bad, 125 it "
                   "cannot be told");
    command.option("--kernel", request->run.vm.kernel,
                   "that modules are loaded into: " + kernel_words());
    add_path_options(command, request->run);
    command.flag("--json", request->json, "print bisect.json");
    command.does([=] { return Bisecting(*request).run(); });
}

}  // namespace rxlab
