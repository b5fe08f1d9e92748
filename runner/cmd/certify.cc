// SPDX-License-Identifier: GPL-2.0
#include "result/certify.h"

#include "base/error.h"
#include "base/whole_file.h"
#include "cmd/catalogue.h"
#include "cmd/options.h"
#include "cmd/perform.h"
#include "target/files.h"

#include <fmt/format.h>
#include <memory>
#include <optional>

namespace rxlab {
namespace {

RunOutcome run_from_scratch(RunRequest request, const char* part) {
    const WorkFolder fresh;  // nothing is taken over from an earlier run
    request.vm.snapshots = fresh.path("snapshots");
    if (!request.out.empty()) request.out /= part;
    return perform(request);
}

// What an earlier 'certify --json' printed. Read before anything is run.
struct Certificate {
    std::string observations_sha256;
    Json ingredients, figures;
};

Certificate certificate_at(const std::string& path, const std::string& experiment) {
    const Json json = read_json(path);
    const auto lacks = [&](const char* field) -> Error {
        return Error(Status::usage,
                     fmt::format("{}: no certificate, it has no \"{}\"", path, field),
                     "give what 'rxlab certify --json' printed");
    };
    if (!json.is_object() || !json.value("ingredients", Json()).is_array())
        throw lacks("ingredients");
    if (const Json of = json.value("experiment", Json(experiment)); of != experiment)
        throw Error(Status::usage,
                    fmt::format("{}: a certificate of {}, not of {}", path, of.dump(), experiment),
                    "only an experiment's own certificate says whether it repeats");
    const Json hashes = json.value("observations_sha256", Json());
    if (!hashes.is_array() || hashes.empty() || !hashes[0].is_string())
        throw lacks("observations_sha256");
    const Json figures = json.value("figures", Json::array());
    differing_ingredients(Json::array(), json["ingredients"]);  // each row is one
    differing_figures(Json::array(), figures);
    return {hashes[0], json["ingredients"], figures};
}

// Against an earlier certificate: is it the same, and if not, what is made of other things.
struct Against {
    bool same;
    std::vector<std::string> ingredients, figures;
};

Against compare_with(const Certificate& earlier, const Certificate& now) {
    return {now.observations_sha256 == earlier.observations_sha256,
            differing_ingredients(now.ingredients, earlier.ingredients),
            earlier.figures.empty() ? std::vector<std::string>{}
                                    : differing_figures(now.figures, earlier.figures)};
}

void print(const Against& against, const std::string& path) {
    fmt::print("{}: the observations are {}\n", path, against.same ? "the same" : "others");
    for (const std::string& line : against.ingredients) fmt::print("  made of another {}\n", line);
    for (const std::string& line : against.figures) fmt::print("  {}\n", line);
    if (!against.same && against.ingredients.empty())
        fmt::print("  made of the same, to the byte: the machine they ran on is left\n");
}

struct CertificatePaths {
    std::string against, keep;
};

int certify(const RunRequest& request, bool json, const CertificatePaths& paths) {
    const Plan plan = plan_for(request, load_experiment(request.experiment));
    if (!lane_row(plan.lane).repeats_exactly)
        throw Error(Status::usage,
                    fmt::format("only the {} lane repeats exactly", to_string(exact_lane())),
                    fmt::format("rxlab certify EXPERIMENT --lane {}", to_string(exact_lane())));
    std::optional<Certificate> earlier;
    if (!paths.against.empty()) earlier = certificate_at(paths.against, plan.experiment);
    const RunOutcome first = run_from_scratch(request, "first");
    const RunOutcome second = run_from_scratch(request, "second");
    const std::vector<std::string> differences = differing(first.result, second.result);
    const std::string sha[] = {observations_sha256(first.result.observations),
                               observations_sha256(second.result.observations)};
    const bool equal = sha[0] == sha[1];
    const Certificate now{sha[0], ingredients_of(first.result), figures_of(first.result)};
    std::optional<Against> against;
    if (earlier) against = compare_with(*earlier, now);
    Json certificate{{"experiment", plan.experiment},  {"certified", equal},
                     {"observations_sha256", sha},     {"differences", differences},
                     {"ingredients", now.ingredients}, {"figures", now.figures}};
    if (!paths.keep.empty() && equal) write_whole(paths.keep, certificate.dump(1) + "\n");
    if (json) {
        certificate["runs"] = {first.out, second.out};
        if (against)
            certificate["against"] = {{"same", against->same},
                                      {"ingredients", against->ingredients},
                                      {"figures", against->figures}};
        fmt::print("{}\n", certificate.dump(2));
    } else {
        for (const std::string& line : differences) fmt::print("differs: {}\n", line);
        fmt::print("{}: {} trials twice from scratch, observations_sha256\n  {}  {}\n  {}  {}\n",
                   equal ? "certified" : "NOT certified", first.result.observations.size(), sha[0],
                   first.out.string(), sha[1], second.out.string());
        if (against) print(*against, paths.against);
    }
    const bool good = equal && (!against || against->same);
    return static_cast<int>(good ? Status::ok : Status::invalid);
}

}  // namespace

void define_certify(CommandOptions command) {
    auto request = std::make_shared<RunRequest>();
    auto json = std::make_shared<bool>(false);
    add_plan_options(command, *request);
    add_target_options(command, *request);
    auto paths = std::make_shared<CertificatePaths>();
    command.flag("--json", *json, "print JSON, with every ingredient of the guest");
    command
        .option("--against", paths->against,
                "an earlier certificate (what --json printed): are the observations the same, and "
                "if not, which figures and which ingredients are others; status 4 where they are "
                "not the same")
        .existing_file();
    command.option("--keep", paths->keep, "write the certificate there, where the run repeats");
    command.does([=] {
        request->report = false;
        return certify(*request, *json, *paths);
    });
}

}  // namespace rxlab
