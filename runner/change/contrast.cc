// SPDX-License-Identifier: GPL-2.0
#include "change/contrast.h"

#include "base/error.h"
#include "base/items.h"
#include "base/lower.h"
#include "experiment/resolve.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <set>

namespace rxlab {
namespace {

constexpr size_t kLongestName = 64;

/// "closed-port rxnic".
std::string path_name(const Trial& trial) {
    std::string name = trial.arm;
    for (const auto& [factor, value] : trial.factors)
        name += value.is_number() ? fmt::format(" {}={}", factor, value_text(value))
                                  : " " + value_text(value);
    return name;
}

/// Do they take the place of a path's XDP program?
/// @throws Error(Status::usage): some do
bool are_objects(const std::vector<Subject>& subjects) {
    const auto objects = std::count_if(subjects.begin(), subjects.end(),
                                       [](const Subject& one) { return !one.object.empty(); });
    if (objects && objects != static_cast<ptrdiff_t>(subjects.size()))
        throw Error(Status::usage,
                    fmt::format("{} and {} cannot be compared: one is an XDP program",
                                subjects.front().name, subjects.back().name),
                    "name another object file; --kernel says which kernel they are loaded into");
    return objects > 0;
}

/// Why the arm is no path of these subjects; empty: it is one.
std::string why_not(const Arm& arm, const Trial& trial, const std::vector<Subject>& subjects,
                    bool of_objects) {
    if (!arm.expect.empty()) return "it is faulty on purpose";
    if (!trial.boot.kernel.empty()) return "it names its kernel, " + trial.boot.kernel;
    if (arm.needs.target == "host") return "it needs target host";
    if (of_objects && !trial.setup.value("xdp", Json()).is_object())
        return "it has no XDP program whose place another could take";
    for (const Subject& subject : subjects)
        if (!arm.needs.kernel.empty() && is_older(subject.release, arm.needs.kernel))
            return fmt::format("it needs kernel {}, and {} is {}", arm.needs.kernel, subject.name,
                               subject.release);
    return "";
}

/// Without what it is called: the seeds of an arm's boots are the subjects' here.
Json path_of(const Trial& trial, bool of_objects) {
    Json path{{"topology", trial.topology},
              {"traffic", trial.traffic},
              {"setup", trial.setup},
              {"knobs", trial.knobs},
              {"cmdline", trial.boot.cmdline},
              {"machine", trial.boot.machine.empty() ? "pc" : trial.boot.machine},
              {"devices", trial.boot.devices}};
    if (of_objects) {
        path["mode"] = trial.setup.at("xdp").value("mode", "native");
        path["setup"].erase("xdp");
    }
    return path;
}

/// In the place of the path's XDP program.
Json setup_of(const Subject& subject) {
    Json xdp{{"object", subject.object}, {"mode", "$path.mode"}};
    if (!subject.program.empty()) xdp["program"] = subject.program;
    return {{"xdp_object", xdp}};
}

Json arm_json(const Subject& subject, bool baseline) {
    Json arm{{"name", subject.name}, {"summary", subject.summary}, {"boot", subject.boot}};
    if (!subject.object.empty()) arm["setup"] = setup_of(subject);
    if (baseline) arm["baseline"] = true;
    return arm;
}

/// What the experiment's traffic consists of, by its primary metrics.
std::string item_of(const Experiment& experiment) {
    for (const std::string& name : experiment.primary)
        for (const char* item : kItems)
            if (name.ends_with(fmt::format("_per_{}", item))) return item;
    return kItems[0];
}

/// Of a program's run the whole kernel is the path.
std::string metric_of(const Experiment& experiment) {
    const std::string item = item_of(experiment);
    return fmt::format("{}.instructions_per_{}", item == "run" ? "kernel" : "path", item);
}

Json document_of(const Experiment& experiment, const std::vector<Subject>& subjects,
                 const Json& paths) {
    Json arms = Json::array();
    for (const Subject& subject : subjects) arms.push_back(arm_json(subject, arms.empty()));
    return {{"name", experiment.name},
            {"question", fmt::format("What does {} change on the paths of {}, against {}?",
                                     subjects.back().name, experiment.name, subjects.front().name)},
            {"description",
             fmt::format("The arms of {} are paths here, each the same for both. What decides is "
                         "the path's own share of the instructions, told from the generator's and "
                         "from idling by who called what. {}",
                         experiment.name, experiment.description)},
            {"lanes", Json::array({to_string(exact_lane())})},
            {"mechanism", Json::array({"instructions"})},
            {"topology", "$path.topology"},
            {"traffic", "$path.traffic"},
            {"setup", "$path.setup"},
            {"knobs", "$path.knobs"},
            {"boot",
             {{"cmdline", "$path.cmdline"},
              {"machine", "$path.machine"},
              {"devices", "$path.devices"}}},
            {"collectors", Json::array()},
            {"primary", Json::array({metric_of(experiment)})},
            {"arms", arms},
            {"factors", {{"path", paths}}},
            {"rounds", {{"boot_seeds", experiment.rounds.boot_seeds}, {"phases", 1}}}};
}

}  // namespace

std::string arm_word(const std::string& word) {
    std::string name;
    for (const char c : lower_case(word)) {
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (!name.empty() && c == '.'))
            name += c;
        else if (!name.empty() && name.back() != '-')
            name += '-';
    }
    name.resize(std::min(name.size(), kLongestName - std::string("-before").size()));
    while (name.ends_with('-')) name.pop_back();
    return name.empty() ? "subject" : name;
}

Contrast contrast(const Experiment& experiment, const Plan& round,
                  const std::vector<std::string>& arms, const std::vector<Subject>& subjects) {
    Contrast made;
    Json paths = Json::array();
    std::set<std::string> known;
    const bool of_objects = are_objects(subjects);
    for (const Trial& trial : round.trials) {
        const Arm& arm = arm_named(experiment, trial.arm);
        if (arm.generator ||
            (!arms.empty() && std::find(arms.begin(), arms.end(), arm.name) == arms.end()))
            continue;
        const std::string name = path_name(trial);
        std::string why = why_not(arm, trial, subjects, of_objects);
        Json path = why.empty() ? path_of(trial, of_objects) : Json();
        if (why.empty() && !known.insert(path.dump()).second)
            why = "it differs from another in its seeds only";
        if (!why.empty()) {
            made.left_out.push_back(fmt::format("{}: {}: {}", experiment.name, name, why));
            continue;
        }
        path["name"] = name;
        paths.push_back(std::move(path));
    }
    if (paths.empty())
        throw Error(Status::usage,
                    fmt::format("{}: no arm of it can be compared: {}", experiment.name,
                                fmt::join(made.left_out, "; ")),
                    "name another experiment, or another arm");
    made.document = document_of(experiment, subjects, paths);
    return made;
}

}  // namespace rxlab
