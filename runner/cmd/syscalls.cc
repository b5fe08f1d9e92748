// SPDX-License-Identifier: GPL-2.0
// What a program has the kernel do: some runs of it in the exact guest, every instruction counted
// by the system call that it was executed for; and what of that another program or kernel changed.
#include "base/error.h"
#include "base/output.h"
#include "base/sha256.h"
#include "base/whole_file.h"
#include "change/program_cost.h"
#include "cmd/attributed.h"
#include "cmd/perform.h"
#include "cmd/program_table.h"
#include "cmd/sources.h"
#include "cmd/subject.h"
#include "target/program_files.h"
#include "target/shares.h"
#include "target/target.h"
#include "traffic/kinds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <memory>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

struct SyscallsRequest {
    std::vector<std::string> argv, files;
    std::string against, against_kernel;
    RunRequest run;
    bool json = false;
};

/// What is measured, and what it is compared with: a program on a kernel.
struct Contestant {
    Subject subject;
    Json traffic;
};

std::string absolute(const std::string& path) {
    std::error_code error;
    const fs::path found = fs::canonical(path, error);
    if (error)
        throw Error(Status::usage, fmt::format("{}: {}", path, error.message()),
                    "name a file of this machine");
    return found;
}

/// Both programs have one name in the guest, so that they differ in nothing else.
Json traffic_for(const SyscallsRequest& request, const std::string& program) {
    Json traffic{{"kind", "program"},
                 {"program", absolute(program)},
                 {"name", fs::path(request.argv.front()).filename()},
                 {"runs", 1},
                 {"warmup_runs", 1},
                 {"arguments", Json::array()},
                 {"files", Json::array()}};
    for (size_t i = 1; i < request.argv.size(); i++)
        traffic["arguments"].push_back(request.argv[i]);
    for (const std::string& file : request.files) traffic["files"].push_back(absolute(file));
    return traffic;
}

Contestant program_contestant(const SyscallsRequest& request, const std::string& program) {
    Contestant one;
    one.traffic = traffic_for(request, program);
    const std::vector<ArchiveFile> files = guest_files(files_of_program(one.traffic));
    const std::string file = one.traffic["program"];
    one.subject.name = arm_word(fs::path(program).filename());
    one.subject.summary = file;
    one.subject.content = {{"program", sha256(ingredient_rows(files).dump())}};
    return one;
}

Contestant kernel_contestant(const SyscallsRequest& request, const std::string& kernel) {
    Contestant one = program_contestant(request, request.argv.front());
    one.subject = subject_of(kernel, kernel);
    if (!one.subject.content.contains("kernel"))
        throw Error(Status::usage, fmt::format("'{}' is no kernel", kernel),
                    "'rxlab kernels' lists kernels");
    return one;
}

/// Before, where there is one, and after.
std::vector<Contestant> contestants_of(const SyscallsRequest& request) {
    const std::string& program = request.argv.front();
    if (!request.against.empty())
        return {program_contestant(request, request.against), program_contestant(request, program)};
    if (!request.against_kernel.empty())
        return {kernel_contestant(request, request.against_kernel),
                kernel_contestant(request, request.run.vm.kernel)};
    return {program_contestant(request, program)};
}

Json document_for(const std::string& name, const std::vector<Contestant>& contestants, int rounds) {
    Json arms = Json::array();
    for (const Contestant& one : contestants) {
        Json arm{{"name", one.subject.name},
                 {"summary", one.subject.summary},
                 {"traffic", one.traffic},
                 {"boot", one.subject.boot}};
        if (arms.empty()) arm["baseline"] = true;
        arms.push_back(std::move(arm));
    }
    return {{"name", name},
            {"question", fmt::format("What does {} have the kernel do?", name)},
            {"lanes", Json::array({to_string(exact_lane())})},
            {"mechanism", Json::array({"instructions"})},
            {"topology", {{"kind", "none"}}},
            {"traffic", contestants.back().traffic},
            {"primary", Json::array({"kernel.instructions_per_run"})},
            {"arms", arms},
            {"rounds", {{"boot_seeds", rounds}, {"phases", 1}}}};
}

/// Every round of every arm.
class Runs : public CountedListener {
public:
    using CountedListener::CountedListener;
    using CountedListener::operator();

    void operator()(const happened::Counted& event) {
        const Trial& trial = event.observation.trial;
        by_arm_[trial.arm][trial.round] = event.executed;
    }
    std::vector<Executed> of(const Contestant& one) const {
        std::vector<Executed> rounds;
        for (const auto& [round, executed] : by_arm_.at(one.subject.name))
            rounds.push_back(executed);
        return rounds;
    }

private:
    std::map<std::string, std::map<int, Executed>> by_arm_;
};

Attributed sum_of(const Contestant& one, bool baseline, const std::vector<Executed>& rounds) {
    Attributed sum{one.subject.name, one.subject.name, {}, baseline, 0, {}, "run"};
    for (const Executed& round : rounds) {
        add(sum.executed, round);
        sum.packets += 1;
    }
    return sum;
}

/// A command's whole work.
class Syscalls {
public:
    explicit Syscalls(SyscallsRequest request)
        : request_(std::move(request)), contestants_(contestants_of(request_)) {
        if (contestants_.size() > 1) tell_apart(contestants_[0].subject, contestants_[1].subject);
        name_ = arm_word(fs::path(request_.argv.front()).filename());
    }

    int run() {
        measure();
        write_documents();
        if (request_.json)
            fmt::print("{}\n", document_.dump(2));
        else
            print();
        return change_ ? static_cast<int>(verdict_row(change_->verdict()).status) : 0;
    }

private:
    void measure() {
        RunRequest& run = request_.run;
        Plan named;
        named.experiment = name_;
        named.target = "vm";
        out_ = out_for(run, named, "syscalls");
        run.experiment = write_experiment(out_, document_for(name_, contestants_, run.rounds));
        const CampaignRequest campaign = campaign_for(run);
        Runs runs(run.quiet || request_.json);
        result_ = run_campaign(campaign, *strategy_for(run, campaign.plan),
                               *executor_for(run, campaign.plan),
                               [&](const CampaignEvent& event) { std::visit(runs, event); });
        for (const Contestant& one : contestants_) {
            rounds_.push_back(runs.of(one));
            costs_.push_back(program_cost(rounds_.back()));
        }
        if (contestants_.size() < 2) return;
        change_ = program_change(rounds_[0], rounds_[1]);
        find_sources(change_->functions, sources_of(contestants_[0]), sources_of(contestants_[1]));
    }

    /// Two programs are run on one kernel.
    Json sources_of(const Contestant& one) const {
        Json sources = one.subject.boot;
        if (sources.empty()) sources = {{"kernel", request_.run.vm.kernel}};
        sources["programs"][one.traffic["name"].get<std::string>()] = one.traffic["program"];
        return sources;
    }

    std::string command() const {
        std::string words = "rxlab syscalls --kernel " + request_.run.vm.kernel;
        if (!request_.against.empty()) words += " --against " + request_.against;
        if (!request_.against_kernel.empty())
            words += " --against-kernel " + request_.against_kernel;
        if (request_.run.seed != 1) words += fmt::format(" --seed {}", request_.run.seed);
        for (const std::string& file : request_.files) words += " --file " + file;
        return fmt::format("{} --rounds {} -- {}", words, request_.run.rounds,
                           fmt::join(request_.argv, " "));
    }

    void write_documents() {
        Json subjects = Json::array();
        std::vector<Attributed> cells;
        for (size_t i = 0; i < contestants_.size(); i++) {
            Json one = to_json(costs_[i]);
            one["name"] = contestants_[i].subject.name;
            one["summary"] = contestants_[i].subject.summary;
            subjects.push_back(std::move(one));
            cells.push_back(sum_of(contestants_[i], i == 0, rounds_[i]));
        }
        document_ = {{"schema_version", 1},
                     {"command", command()},
                     {"name", name_},
                     {"argv", request_.argv},
                     {"kernel", result_.provenance["kernel"].value("release", "")},
                     {"rounds", request_.run.rounds},
                     {"subjects", subjects}};
        if (change_) document_["difference"] = to_json(*change_);
        write_whole(out_ / "syscalls.json", document_.dump(1) + "\n");
        write_whole(
            out_ / "attribution.json",
            attribution_json(command(), result_.experiment, result_.provenance, cells).dump(1) +
                "\n");
        if (request_.run.report) draw("syscalls_report.py", out_);
    }

    void print() const {
        for (size_t i = 0; i < costs_.size(); i++)
            print_total(contestants_[i].subject.name, costs_[i]);
        if (change_)
            print_change(*change_);
        else
            print_cost(costs_.front());
        print_repeats(costs_, request_.run.rounds);
        print_files(out_ / "syscalls.json", out_ / "syscalls.html", request_.run.report);
    }

    SyscallsRequest request_;
    std::vector<Contestant> contestants_;
    std::string name_;
    fs::path out_;
    Result result_;
    std::vector<std::vector<Executed>> rounds_;
    std::vector<ProgramCost> costs_;
    std::optional<ProgramChange> change_;
    Json document_;
};

}  // namespace

void define_syscalls(CommandOptions command) {
    auto request = std::make_shared<SyscallsRequest>();
    RunRequest& run = request->run;
    run.lane = to_string(exact_lane());
    run.target = "vm";
    run.vm.attribute = true;
    run.rounds = 2;
    command
        .option("PROGRAM", request->argv,
                "a program of this machine, compiled for x86-64, and its arguments, after --; the "
                "libraries it is linked to come along")
        .required();
    command
        .option("--file", request->files,
                "a file that it finds in its working directory (may be repeated)")
        .existing_file()
        .one_at_a_time();
    command.option("--kernel", run.vm.kernel, kernel_words());
    const CommandOption against = command.option(
        "--against", request->against, "compare it with this program, given the same arguments");
    command.option("--against-kernel", request->against_kernel, "compare --kernel with this kernel")
        .excludes(against);
    command.option("--rounds", run.rounds, "boots, each with other random numbers")
        .between(1, 1000)
        .shows_default();
    command.option("--seed", run.seed, "seed of boots");
    add_guest_options(command, run.vm);
    command.option("--out", run.out, "folder for the documents and the flame graphs");
    add_display_options(command, run);
    command.flag("--json", request->json, "print syscalls.json");
    command.does([=] {
        request->run.vm.silence_s = request->run.vm.trial_timeout_s;  // it may say nothing
        return Syscalls(*request).run();
    });
}

}  // namespace rxlab
