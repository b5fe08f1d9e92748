// SPDX-License-Identifier: GPL-2.0
// What may be done about what a profile shows, each with an experiment that would prove it.
#include "base/error.h"
#include "base/whole_file.h"
#include "campaign/campaign.h"
#include "cmd/catalogue.h"
#include "cmd/options.h"
#include "profile/advice.h"

#include <fmt/format.h>
#include <memory>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

constexpr int kProfileVersion = 1;

struct AdviseRequest {
    fs::path profile;
    bool json = false;
};

[[noreturn]] void refuse_profile(const fs::path& file, const std::string& why) {
    throw Error(Status::usage, fmt::format("{}: is no profile: {}", file.string(), why),
                "write one with 'rxlab profile'");
}

Json profile_in(const fs::path& file) {
    const Json document = read_json(file);
    if (!document.is_object() || document.value("schema_version", Json()) != kProfileVersion ||
        !document.contains("thresholds"))
        refuse_profile(file, fmt::format("it has not \"schema_version\": {} and \"thresholds\"",
                                         kProfileVersion));
    return document;
}

/// Each experiment in a file of its own; what an earlier advice left there and this one does not
/// say is gone. @returns the files
std::vector<std::string> write_experiments(const std::vector<Advice>& all, const fs::path& folder) {
    for (const std::string& name : advised_names()) fs::remove(folder / (name + ".json"));
    std::vector<std::string> files;
    if (!all.empty()) make_folder(folder);
    for (const Advice& one : all) {
        const fs::path file = folder / (one.experiment.at("name").get<std::string>() + ".json");
        const std::string text = one.experiment.dump(1) + "\n";
        parse_experiment(text, file, vocabulary());  // nothing is advised that could not run
        write_whole(file, text);
        files.push_back(file);
    }
    return files;
}

/// How an experiment is run where the profile was made.
std::string run_words(const Json& subject) {
    if (subject.at("kind") == "trial")
        return fmt::format("rxlab run FILE --target {} --lane {}",
                           subject.at("target").get<std::string>(),
                           subject.at("lane").get<std::string>());
    return fmt::format("rxlab run FILE --target host --interface A:{}, where A is cabled to it",
                       subject.at("name").get<std::string>());
}

void advise(const AdviseRequest& request) {
    const fs::path file =
        fs::is_directory(request.profile) ? request.profile / "profile.json" : request.profile;
    const Json document = profile_in(file);
    try {
        const std::vector<Advice> all = advice_of(document);
        const auto files = write_experiments(all, file.parent_path() / "advice");
        if (request.json) {
            Json list = Json::array();
            for (const Advice& one : all) list.push_back(to_json(one));
            fmt::print("{}\n", list.dump(2));
            return;
        }
        for (const std::string& line : advice_in_words(document, all, files))
            fmt::print("{}\n", line);
        if (!all.empty()) fmt::print("\nrun one with: {}\n", run_words(document.at("subject")));
    } catch (const Json::exception& error) {
        refuse_profile(file, error.what());
    }
}

}  // namespace

void define_advise(CommandOptions command) {
    auto request = std::make_shared<AdviseRequest>();
    command
        .option("PROFILE", request->profile,
                "a profile.json, or its folder; the experiments go to advice/ beside it")
        .required()
        .existing_path();
    command.flag("--json", request->json, "print what is advised as JSON, with the experiments");
    command.does([=] { advise(*request); });
}

}  // namespace rxlab
