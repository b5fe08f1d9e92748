// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "cmd/catalogue.h"
#include "cmd/options.h"
#include "cmd/pace_file.h"
#include "target/kernels.h"

#include <fmt/format.h>
#include <memory>

namespace rxlab {
namespace {

struct Section {
    const char* name;
    const char* heading;
    const std::vector<Vocabulary::Word>& words;
};

Json experiments_json() {
    Json list = Json::array();
    PaceFile paces = pace_file();
    for (const std::string& name : experiment_names()) {
        Json row{{"name", name}};
        try {
            const Experiment experiment = load_experiment(name);
            row["question"] = experiment.question;
            row["lanes"] = names_of(experiment.lanes);
            const RunRequest request{.experiment = name};
            const Plan plan = plan_for(request, experiment);
            row["expected"] = to_json(forecast_for(request, plan, paces.of(plan)));
        } catch (const Error& error) {  // one bad file must not hide the others
            row["error"] = error.what();
        }
        list.push_back(row);
    }
    return list;
}

Json words_json(const std::vector<Vocabulary::Word>& words) {
    Json list = Json::array();
    for (const auto& word : words)
        list.push_back(
            {{"name", word.name}, {"summary", word.summary}, {"parameters", word.schema}});
    return list;
}

void print_experiments(const Json& list) {
    fmt::print("experiments\n");
    for (const Json& row : list)
        if (row.contains("error"))
            fmt::print("  {:<34} (broken) {}\n", row["name"].get<std::string>(),
                       row["error"].get<std::string>());
        else
            fmt::print("  {:<34} {}\n  {:34} {}\n", row["name"].get<std::string>(),
                       row["question"].get<std::string>(), "",
                       row["expected"]["words"].get<std::string>());
}

void print_words(const Section& section) {
    fmt::print("\n{}\n", section.heading);
    for (const auto& word : section.words) fmt::print("  {:<34} {}\n", word.name, word.summary);
}

std::vector<Vocabulary::Word> kernel_vocabulary() {
    std::vector<Vocabulary::Word> words;
    for (const KernelRow& row : kKernels)
        words.push_back({row.name, fmt::format("{} of {}", row.package, row.suite), Json()});
    return words;
}

/// One bad file must not hide the others.
std::vector<Vocabulary::Word> space_vocabulary() {
    std::vector<Vocabulary::Word> words;
    for (const std::string& name : space_names()) try {
            words.push_back({name, load_space(name).summary, Json()});
        } catch (const Error& error) {
            words.push_back({name, fmt::format("(broken) {}", error.what()), Json()});
        }
    return words;
}

void list(bool json, const std::string& only) {
    const Vocabulary words = vocabulary();
    const std::vector<Vocabulary::Word> spaces = space_vocabulary();
    const std::vector<Vocabulary::Word> kernels = kernel_vocabulary();
    const Section sections[] = {
        {"spaces", "spaces of settings (rxlab tune EXPERIMENT --space NAME)", spaces},
        {"topologies", "topologies (\"topology\": {\"kind\": ...})", words.topologies},
        {"traffic", "traffic (\"traffic\": {\"kind\": ...})", words.traffics},
        {"setups", "setups (an arm's \"setup\")", words.setups},
        {"knobs", "knobs (an arm's \"knobs\": \"kind:object\")", words.knobs},
        {"devices", "devices (\"boot\": {\"devices\": [...]})", words.devices},
        {"kernels", "kernels (--kernel, \"boot\": {\"kernel\": ...})", kernels},
        {"collectors", "collectors", words.collectors},
        {"metrics", "metrics (* stands for any part of a name)", words.metrics},
    };
    const auto wanted = [&](const std::string& name) { return only.empty() || only == name; };
    if (json) {
        Json document = Json::object();
        if (wanted("experiments")) document["experiments"] = experiments_json();
        for (const Section& section : sections)
            if (wanted(section.name)) document[section.name] = words_json(section.words);
        fmt::print("{}\n", document.dump(2));
        return;
    }
    if (wanted("experiments")) print_experiments(experiments_json());
    for (const Section& section : sections)
        if (wanted(section.name)) print_words(section);
}

}  // namespace

void define_list(CommandOptions command) {
    auto json = std::make_shared<bool>(false);
    auto only = std::make_shared<std::string>();
    command.flag("--json", *json, "print JSON");
    command.option("KIND", *only, "only this list")
        .one_of({"experiments", "spaces", "topologies", "traffic", "setups", "knobs", "devices",
                 "kernels", "collectors", "metrics"});
    command.does([=] { list(*json, *only); });
}

}  // namespace rxlab
