// SPDX-License-Identifier: GPL-2.0
// What the receive path spends where: the collectors over one window of this machine, or over one
// trial.
#include "base/error.h"
#include "base/interrupt.h"
#include "base/names.h"
#include "base/nearest.h"
#include "base/output.h"
#include "base/trimmed.h"
#include "base/whole_file.h"
#include "cmd/options.h"
#include "cmd/perform.h"
#include "collect/collector.h"
#include "collect/recorded_trace.h"
#include "compare/cells.h"
#include "experiment/experiment_json.h"
#include "knobs/knobs.h"
#include "profile/recorded.h"
#include "profile/settings.h"
#include "session/prepare.h"
#include "sys/process.h"
#include "target/files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>
#include <algorithm>
#include <fstream>
#include <memory>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

constexpr double kSecond = 1e9;              // ns
constexpr uint64_t kStep = 100'000'000;      // ns between two looks for Ctrl-C
constexpr uint64_t kRelieved = 500'000'000;  // ns; the rings of samples hold three seconds

/// What a profile is made of, and the samples of a window of seconds, and of a trial's. Those that
/// are no probes run before and after the window only.
const char* const kProfiled[] = {"cpus", "softnet", "proc_softirqs", "proc_interrupts", "interface",
                                 "link", "driver",  "threads",       "placement",       "softirq",
                                 "irq",  "napi",    "drops",         "wakeups"};
constexpr const char* kSamplesOfSeconds = "perf_record_slow";
constexpr const char* kSamplesOfTrial = "perf_record";

std::vector<std::string> profiled_with(const char* samples) {
    std::vector<std::string> names(std::begin(kProfiled), std::end(kProfiled));
    names.emplace_back(samples);
    return names;
}

struct ProfileRequest {
    std::string subject;
    fs::path perf;
    RunRequest run;
    double seconds = 10;
    bool json = false;
};

struct Profiled {
    Recorded recorded;
    fs::path out;
};

std::vector<std::string> interfaces_here(Sys& sys) {
    std::vector<std::string> names = sys.list("/sys/class/net");
    std::erase(names, "bonding_masters");  // a file
    return names;
}

bool is_interface(Sys& sys, const std::string& name) {
    const std::vector<std::string> names = interfaces_here(sys);
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// "drop-point:xdp" or the path of a file; an arm's name has no slash.
struct ArmOf {
    std::string experiment, arm;  ///< empty: the baseline
};

ArmOf arm_of(const std::string& subject) {
    const size_t colon = subject.rfind(':');
    if (colon == subject.npos || subject.find('/', colon) != subject.npos) return {subject, ""};
    return {subject.substr(0, colon), subject.substr(colon + 1)};
}

bool is_experiment(const std::string& name) {
    const std::vector<std::string> names = experiment_names();
    return name.find('/') != name.npos || name.ends_with(".json") ||
           std::find(names.begin(), names.end(), name) != names.end();
}

[[noreturn]] void refuse_subject(Sys& sys, const std::string& subject) {
    std::vector<std::string> known = interfaces_here(sys);
    const std::string here = fmt::format("{}", fmt::join(known, ", "));
    for (const std::string& name : experiment_names()) known.push_back(name);
    throw Error(Status::usage, fmt::format("'{}' is no interface here and no experiment", subject),
                did_you_mean(subject, known, "", " ") +
                    fmt::format("interfaces are {}; 'rxlab list' shows the experiments", here));
}

/// Before anything is started: half a profile is no surprise that one wants after ten seconds.
void require_root(const std::string& subject) {
    if (::geteuid() == 0) return;
    std::vector<std::string> probes;
    for (const std::string& name : profiled_with(kSamplesOfSeconds))
        if (collector_named(name).kind->probe) probes.push_back(name);
    throw Error(Status::usage,
                fmt::format("profile {} needs root: {} run programs in the kernel or sample it",
                            subject, fmt::join(probes, ", ")),
                "run it as root");
}

/// Whatever cannot be collected here is left out and named.
class Parts {
public:
    Parts(Sys& sys, const Interfaces& receivers) {
        for (const std::string& name : profiled_with(kSamplesOfSeconds))
            attempt(name, [&] {
                const NamedCollector collector = collector_named(name);
                if (collector.kind->prepare) collector.kind->prepare(sys);
                parts_.emplace_back(name, collector.make(sys, receivers));
            });
    }
    void start() {
        each([](Collector& part) { part.start(); });
    }
    void relieve() {
        each([](Collector& part) { part.relieve(); });
    }
    void stop() {
        std::reverse(parts_.begin(), parts_.end());
        each([](Collector& part) { part.stop(); });
    }
    void report(const Window& window, Recorded& recorded) {
        each([&](Collector& part) {
            Values values;
            part.report(window, values, recorded.curves);
            describe(values, window.clock, recorded.values);
        });
        recorded.left_out = left_out_;
    }

private:
    using Part = std::pair<std::string, std::unique_ptr<Collector>>;

    bool attempt(const std::string& name, const std::function<void()>& act) {
        try {
            act();
            return true;
        } catch (const Error& error) {
            if (error.status() == Status::interrupted) throw;
            left_out_.push_back({name, error.what()});
            return false;
        }
    }
    void each(const std::function<void(Collector&)>& act) {
        std::erase_if(parts_, [&](const Part& part) {
            return !attempt(part.first, [&] { act(*part.second); });
        });
    }

    std::vector<Part> parts_;
    std::vector<LeftOut> left_out_;
};

/// Ctrl-C ends it early.
void wait_for(Sys& sys, uint64_t ns, Parts& parts) {
    const uint64_t end = sys.now_ns() + ns;
    uint64_t relieved = sys.now_ns();
    for (uint64_t now = relieved; now < end && !interrupted(); now = sys.now_ns()) {
        sys.sleep_until(std::min(end, now + kStep));
        if (sys.now_ns() - relieved < kRelieved) continue;
        parts.relieve();
        relieved = sys.now_ns();
    }
}

Json facts_of(const std::string& command, const std::string& kernel) {
    return {{"command", command}, {"kernel", kernel}, {"rxlab_version", version()}};
}

Recorded record(Sys& sys, const ProfileRequest& request) {
    Parts parts(sys, {{"", request.subject}});
    const uint64_t begin = sys.now_ns();
    parts.start();
    wait_for(sys, static_cast<uint64_t>(request.seconds * kSecond), parts);
    parts.stop();
    const uint64_t ns = sys.now_ns() - begin;
    Recorded recorded;
    parts.report({.packets = 0, .ns = ns, .clock = {}}, recorded);
    recorded.interrupted = interrupted();
    recorded.subject = {{"kind", "interface"}, {"name", request.subject}};
    recorded.facts =
        facts_of(fmt::format("rxlab profile {} --seconds {}", request.subject, request.seconds),
                 kernel_release(sys));
    recorded.facts["seconds"] = static_cast<double>(ns) / kSecond;
    recorded.settings = values_now(sys, profile_settings(recorded.curves));
    return recorded;
}

fs::path folder_for(const ProfileRequest& request, const std::string& name) {
    Plan plan;
    plan.experiment = name;
    plan.target = "host";
    return out_for(request.run, plan, "profile");
}

Profiled profile_interface(Sys& sys, const ProfileRequest& request) {
    require_root(request.subject);
    const fs::path out = folder_for(request, request.subject);
    if (!request.run.quiet && !request.json)
        tell("  {} s of {}; Ctrl-C ends it early\n", request.seconds, request.subject);
    return {record(sys, request), out};
}

// ---- a trial

/// Two CPUs tell more of who receives what than one: the functional lane, where the experiment has
/// it.
std::string lane_for(const RunRequest& run, const Experiment& experiment) {
    if (!run.lane.empty() || run.target == "host") return run.lane;
    const auto& lanes = experiment.lanes;
    const bool has = std::find(lanes.begin(), lanes.end(), Lane::functional) != lanes.end();
    return to_string(has ? Lane::functional : lanes.front());
}

/// One trial of the arm, with the collectors of a profile instead of the experiment's.
void only_profiled(CampaignRequest& campaign, const std::string& arm) {
    std::vector<Trial>& trials = campaign.plan.trials;
    std::erase_if(trials, [&](const Trial& trial) { return trial.arm != arm; });
    if (trials.empty())
        throw Error(Status::usage, fmt::format("arm '{}' cannot run here", arm),
                    fmt::format("'rxlab plan {}' says why", campaign.experiment.name));
    trials.resize(1);
    trials.front().collectors = profiled_with(kSamplesOfTrial);
    trials.front().probes = true;
    campaign.plan.looks.clear();
}

/// What an experiment of one's own on this trial is made of: all but its name, question and arms.
Json experiment_of(const Experiment& experiment, const Trial& trial) {
    const Json whole = written(experiment);
    Json document = Json::object();
    for (const char* part : {"lanes", "mechanism", "collectors", "primary", "rounds"})
        document[part] = whole.at(part);
    if (document["rounds"].value("probe_rounds", 0) == 0) document["rounds"].erase("probe_rounds");
    document["topology"] = trial.topology;
    document["traffic"] = trial.traffic;
    document["setup"] = trial.setup;
    document["knobs"] = trial.knobs;
    document["boot"] = Json::object();
    for (const auto& [key, value] : written(trial.boot).items())
        if (!value.empty() && value != "" && value != 0) document["boot"][key] = value;
    return document;
}

Recorded recorded_of(const CampaignRequest& campaign, const Observation& observation) {
    const Trial& trial = observation.trial;
    Recorded recorded;
    recorded.values = observation.metrics;
    recorded.curves = observation.curves;
    recorded.subject = {{"kind", "trial"},
                        {"name", campaign.experiment.name},
                        {"arm", trial.arm},
                        {"factors", trial.factors},
                        {"lane", to_string(trial.lane)},
                        {"target", campaign.plan.target},
                        {"expect", trial.expect},
                        {"experiment", experiment_of(campaign.experiment, trial)}};
    recorded.facts = facts_of("", observation.facts.value("kernel_release", ""));
    for (const std::string& fault : faults(observation))
        recorded.left_out.push_back({"the trial is not sound", fault});
    return recorded;
}

Profiled profile_trial(ProfileRequest request) {
    RunRequest& run = request.run;
    const ArmOf subject = arm_of(request.subject);
    run.experiment = subject.experiment;
    const Experiment experiment = load_experiment(run.experiment);
    const std::string arm = subject.arm.empty() ? baseline_of(experiment).name : subject.arm;
    RunRequest asked = run;
    run.lane = lane_for(run, experiment);
    run.arms = {arm};
    run.rounds = 1;
    CampaignRequest campaign = campaign_for(run);
    only_profiled(campaign, arm);
    const fs::path out = out_for(run, campaign.plan, "profile");
    const auto say = [&](const CampaignEvent& event) {
        if (const auto* note = std::get_if<happened::Note>(&event);
            note && !run.quiet && !request.json)
            tell("  {}\n", note->text);
    };
    const Result result = run_campaign(campaign, *make_strategy("whole_plan"),
                                       *executor_for(run, campaign.plan), say);
    Recorded recorded = recorded_of(campaign, result.observations.at(0));
    asked.lane = to_string(campaign.plan.lane);
    recorded.facts["command"] =
        command_again(fmt::format("rxlab profile {}:{}", run.experiment, arm), asked);
    return {std::move(recorded), out};
}

void print(const Json& document, const fs::path& out, bool report) {
    for (const std::string& line : profile_in_words(document)) fmt::print("{}\n", line);
    fmt::print("\nprofile {}\n", (out / "profile.json").string());
    if (report) fmt::print("report  {}\n", (out / "profile.html").string());
}

// ---- a file of perf's

/// What perf writes a file of its own with ("PERFILE2"); a pipe of it has no such beginning.
void require_perf_data(const fs::path& file) {
    std::ifstream data(file, std::ios::binary);
    std::string magic(8, '\0');
    if (data.read(magic.data(), static_cast<std::streamsize>(magic.size())) && magic == "PERFILE2")
        return;
    throw Error(Status::usage, fmt::format("{}: is no perf.data", file.string()),
                "a file that 'perf record -o FILE' wrote");
}

/// What a program says is written to a file, since it may be much.
void print_with_perf(const std::vector<std::string>& argv, const fs::path& out,
                     const fs::path& said) {
    Process perf(
        {.argv = argv, .stdout_path = out.string(), .stderr_path = said.string(), .english = true});
    if (perf.wait_to_end() == 0) return;
    const std::string words = trimmed(read_text(said, kLargestInput));
    throw Error(Status::usage,
                fmt::format("{}: {}", argv.front(), words.substr(0, words.find('\n'))),
                "perf of the machine that it was recorded on may read it");
}

constexpr const char* kKernelLine = "# os release : ";

/// The kernel that it was recorded on, by `perf script --header-only`.
std::string kernel_in(const std::string& header) {
    const size_t at = header.find(kKernelLine);
    if (at == header.npos) return "of unknown release";
    const size_t begin = at + std::string_view(kKernelLine).size();
    return header.substr(begin, header.find('\n', begin) - begin);
}

Recorded recorded_by_perf(const fs::path& file) {
    const WorkFolder work;
    const fs::path lines = work.path("lines"), header = work.path("header"),
                   said = work.path("said");
    print_with_perf({"perf", "script", "--header-only", "-i", file}, header, said);
    print_with_perf(perf_script_arguments(file), lines, said);
    std::ifstream text(lines);
    const RecordedTrace trace = read_perf_script(text);
    if (trace.events.empty())
        throw Error(Status::usage, fmt::format("{}: has no event", file.string()),
                    "perf record -a -g -e irq:softirq_raise,irq:softirq_entry,irq:softirq_exit,"
                    "irq:irq_handler_entry,irq:irq_handler_exit,napi:napi_poll,skb:kfree_skb,"
                    "cpu-clock");
    Recorded recorded;
    Values values;
    for (const auto& [part, why] : report_recorded_trace(trace, values, recorded.curves))
        recorded.left_out.push_back({part, why});
    describe(values, {}, recorded.values);
    recorded.subject = {{"kind", "perf"}, {"name", file.filename().string()}};
    recorded.facts = facts_of(fmt::format("rxlab profile --perf {}", file.string()),
                              kernel_in(read_text(header, kLargestInput)));
    recorded.facts["seconds"] = static_cast<double>(trace.last_ns - trace.first_ns) / kSecond;
    return recorded;
}

Profiled profile_perf(const ProfileRequest& request) {
    if (!request.subject.empty())
        throw Error(Status::usage,
                    fmt::format("--perf {}: '{}' besides", request.perf.string(), request.subject),
                    "either a file or what is recorded now");
    require_perf_data(request.perf);
    Recorded recorded = recorded_by_perf(request.perf);
    const std::string name = recorded.subject.at("name");
    return {std::move(recorded), folder_for(request, name)};
}

Profiled profiled(const ProfileRequest& request) {
    Sys& sys = real_sys();
    if (!request.perf.empty()) return profile_perf(request);
    if (request.subject.empty()) throw_missing("SUBJECT");
    if (is_interface(sys, request.subject)) return profile_interface(sys, request);
    if (is_experiment(arm_of(request.subject).experiment)) return profile_trial(request);
    refuse_subject(sys, request.subject);
}

int profile(const ProfileRequest& request) {
    const auto [recorded, out] = profiled(request);
    const Json document = profile_document(recorded);
    make_folder(out);
    write_whole(out / "profile.json", document.dump(1) + "\n");
    if (request.run.report) draw("profile_report.py", out);
    if (request.json)
        fmt::print("{}\n", document.dump(2));
    else
        print(document, out, request.run.report);
    return static_cast<int>(recorded.interrupted ? Status::interrupted : Status::ok);
}

}  // namespace

void define_profile(CommandOptions command) {
    constexpr double least_s = 0.1, most_s = 3600;
    auto request = std::make_shared<ProfileRequest>();
    command.option(
        "SUBJECT", request->subject,
        "IFACE, an interface of this machine, or EXPERIMENT[:ARM], of which one trial is "
        "made (of the baseline unless an arm is named)");
    command
        .option("--perf", request->perf,
                "instead: a perf.data of somebody's, with softirq, irq, napi and skb tracepoints "
                "and samples")
        .existing_file();
    command.option("--seconds", request->seconds, "of an interface: how long it looks (10)")
        .between(least_s, most_s);
    command
        .option("--target", request->run.target,
                "of an experiment: vm (the default) or host (this machine)")
        .one_of({"vm", "host"});
    command
        .option("--lane", request->run.lane,
                "of an experiment: functional where it has that lane, else its first")
        .one_of(lane_names());
    command.option("--kernel", request->run.vm.kernel, "of an experiment: " + kernel_words());
    command.option("--seed", request->run.seed, "of an experiment: seed of boot, phase and flows");
    command.option("--out", request->run.out, "folder for profile.json and its page");
    command.flag("!--no-report", request->run.report, "do not draw the page");
    command.flag("-q,--quiet", request->run.quiet, "no progress");
    command.flag("--json", request->json, "print profile.json");
    command.does([=] { return profile(*request); });
}

}  // namespace rxlab
