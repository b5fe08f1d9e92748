// SPDX-License-Identifier: GPL-2.0
// What the receive path spends where: the collectors over one window of this machine.
#include "base/error.h"
#include "base/interrupt.h"
#include "base/names.h"
#include "base/nearest.h"
#include "base/output.h"
#include "base/whole_file.h"
#include "cmd/options.h"
#include "cmd/perform.h"
#include "collect/collector.h"
#include "knobs/knobs.h"
#include "profile/recorded.h"
#include "profile/settings.h"
#include "session/prepare.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>
#include <algorithm>
#include <memory>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

constexpr double kSecond = 1e9;              // ns
constexpr uint64_t kStep = 100'000'000;      // ns between two looks for Ctrl-C
constexpr uint64_t kRelieved = 500'000'000;  // ns; the rings of samples hold three seconds

/// What a profile is made of. Those that are no probes run before and after the window only.
const char* const kProfiled[] = {"cpus", "softnet", "proc_softirqs", "proc_interrupts", "interface",
                                 "link", "driver",  "threads",       "placement",       "softirq",
                                 "irq",  "napi",    "drops",         "perf_record_slow"};

struct ProfileRequest {
    RunRequest run;  ///< its experiment: what is profiled
    double seconds = 10;
    bool json = false;
};

std::vector<std::string> interfaces_here(Sys& sys) {
    std::vector<std::string> names = sys.list("/sys/class/net");
    std::erase(names, "bonding_masters");  // a file
    return names;
}

/// @throws Error(Status::usage) unless it is an interface.
void require_interface(Sys& sys, const std::string& name) {
    const std::vector<std::string> names = interfaces_here(sys);
    if (std::find(names.begin(), names.end(), name) != names.end()) return;
    throw Error(
        Status::usage, fmt::format("no interface '{}' here", name),
        did_you_mean(name, names, "", " ") + fmt::format("there are {}", fmt::join(names, ", ")));
}

/// Before anything is started: half a profile is no surprise that one wants after ten seconds.
void require_root(const std::string& subject) {
    if (::geteuid() == 0) return;
    std::vector<std::string> probes;
    for (const char* name : kProfiled)
        if (collector_named(name).kind->probe) probes.emplace_back(name);
    throw Error(Status::usage,
                fmt::format("profile {} needs root: {} run programs in the kernel or sample it",
                            subject, fmt::join(probes, ", ")),
                "run it as root");
}

/// Whatever cannot be collected here is left out and named.
class Parts {
public:
    Parts(Sys& sys, const Interfaces& receivers) {
        for (const char* name : kProfiled)
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

/// Knobs that this machine does not have are not there.
Json settings_here(Sys& sys, const Json& curves) {
    Json settings = Json::object();
    for (const std::string& name : profile_settings(curves)) {
        try {
            const Knob knob = find_knob(name);
            settings[name] = knob.kind.read(sys, knob.object);
        } catch (const Error&) {
        }
    }
    return settings;
}

std::string command_of(const ProfileRequest& request) {
    return fmt::format("rxlab profile {} --seconds {}", request.run.experiment, request.seconds);
}

Recorded record(Sys& sys, const ProfileRequest& request) {
    const std::string& interface = request.run.experiment;
    Parts parts(sys, {{"", interface}});
    const uint64_t begin = sys.now_ns();
    parts.start();
    wait_for(sys, static_cast<uint64_t>(request.seconds * kSecond), parts);
    parts.stop();
    const uint64_t ns = sys.now_ns() - begin;
    Recorded recorded;
    parts.report({.packets = 0, .ns = ns, .clock = {}}, recorded);
    recorded.interrupted = interrupted();
    recorded.subject = {{"kind", "interface"}, {"name", interface}};
    recorded.facts = {{"command", command_of(request)},
                      {"kernel", kernel_release(sys)},
                      {"rxlab_version", version()},
                      {"seconds", static_cast<double>(ns) / kSecond}};
    recorded.settings = settings_here(sys, recorded.curves);
    return recorded;
}

fs::path folder_for(const ProfileRequest& request, const std::string& name) {
    Plan plan;
    plan.experiment = name;
    plan.target = "host";
    return out_for(request.run, plan, "profile");
}

void print(const Json& document, const fs::path& out, bool report) {
    for (const std::string& line : profile_in_words(document)) fmt::print("{}\n", line);
    fmt::print("\nprofile {}\n", (out / "profile.json").string());
    if (report) fmt::print("report  {}\n", (out / "profile.html").string());
}

int profile(const ProfileRequest& request) {
    Sys& sys = real_sys();
    require_interface(sys, request.run.experiment);
    require_root(request.run.experiment);
    const fs::path out = folder_for(request, request.run.experiment);
    if (!request.run.quiet && !request.json)
        tell("  {} s of {}; Ctrl-C ends it early\n", request.seconds, request.run.experiment);
    const Recorded recorded = record(sys, request);
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
    command.option("IFACE", request->run.experiment, "an interface of this machine").required();
    command.option("--seconds", request->seconds, "how long it looks (10)")
        .between(least_s, most_s);
    command.option("--out", request->run.out, "folder for profile.json and its page");
    command.flag("!--no-report", request->run.report, "do not draw the page");
    command.flag("-q,--quiet", request->run.quiet, "no progress");
    command.flag("--json", request->json, "print profile.json");
    command.does([=] { return profile(*request); });
}

}  // namespace rxlab
