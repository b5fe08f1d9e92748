// SPDX-License-Identifier: GPL-2.0
#include "cmd/perform.h"

#include "base/error.h"
#include "base/whole_file.h"
#include "cmd/pace_file.h"
#include "cmd/progress.h"
#include "compare/concordance.h"
#include "compare/null_floor.h"
#include "compare/table.h"
#include "sys/sys.h"
#include "target/files.h"

#include <fmt/format.h>

namespace fs = std::filesystem;

namespace rxlab {

namespace {

Result observed(const RunRequest& request, const CampaignRequest& campaign, Executor& executor,
                const CampaignListener& also) {
    PaceFile paces = pace_file();
    const Plan plan = request.shard ? part_of(campaign.plan, *request.shard) : campaign.plan;
    const Pace pace = paces.of(plan);
    const Forecast ahead = forecast_for(request, plan, pace);
    Progress progress(request.quiet, plan, pace, ahead.workers);
    progress.say(in_words(ahead));
    if (const std::string brief = brief_words(request, campaign.experiment); !brief.empty())
        progress.say(brief);
    try {
        const CampaignListener shown = progress.listener();
        Result result = run_campaign(campaign, *strategy_for(request, campaign.plan), executor,
                                     [&](const CampaignEvent& event) {
                                         if (also) also(event);
                                         shown(event);
                                     });
        paces.learn(result, progress.boots_s());
        return result;
    } catch (const Error& error) {
        if (error.status() != Status::interrupted) throw;
        throw Error(
            Status::interrupted, error.what(),
            fmt::format("{} OUT={} goes on with it",
                        campaign.stamp.at("command").get<std::string>(), campaign.out.string()));
    }
}

RunOutcome concluded(const RunRequest& request, Result result, const fs::path& out,
                     const CompareOptions& options) {
    make_folder(out);
    const Comparison comparison = conclude(result, out, options);
    if (request.report) draw("report.py", out);
    return {std::move(result), comparison, out};
}

Result result_at(const fs::path& path) {
    return result_from_json(read_json(fs::is_directory(path) ? path / "result.json" : path));
}

}  // namespace

RunOutcome perform(const RunRequest& request, const CampaignListener& also) {
    CampaignRequest campaign = campaign_for(request);
    const Plan& plan = campaign.plan;
    const CompareOptions options = compare_options(request.null, plan.lane);
    campaign.out = out_for(request, plan, to_string(plan.lane));
    const std::unique_ptr<Executor> executor = executor_for(request, plan);
    return concluded(request, observed(request, campaign, *executor, also), campaign.out, options);
}

ShardOutcome perform_shard(const RunRequest& request) {
    CampaignRequest campaign = campaign_for(request);
    const Plan& plan = campaign.plan;
    campaign.out = out_for(request, plan,
                           fmt::format("{}-shard{}", to_string(plan.lane), request.shard->number));
    Result result = observed(request, campaign, *executor_for(request, plan), {});
    write_whole(campaign.out / "result.json", to_json(result).dump(1) + "\n");
    return {std::move(result), campaign.out};
}

RunOutcome perform_merge(RunRequest request, const std::vector<std::string>& folders) {
    for (const char* file : {"result.json", "observations.jsonl"})
        if (!request.out.empty() && fs::exists(request.out / file))
            throw Error(Status::usage,
                        fmt::format("{}: holds a {} already", request.out.string(), file),
                        "choose another folder with --out");
    std::vector<NamedResult> shards;
    for (const std::string& folder : folders) shards.push_back({folder, result_at(folder)});
    const CompareOptions options = compare_options(request.null, shards.front().result.plan.lane);
    Result whole = merged(shards, options.floor);
    if (const Json asked = whole.provenance.value("kernel_asked", Json());
        asked.is_object() && asked.value("kernel", Json()).is_string())
        request.vm.kernel = asked["kernel"];
    const fs::path out = out_for(request, whole.plan, to_string(whole.plan.lane));
    return concluded(request, std::move(whole), out, options);
}

int show(const RunOutcome& outcome, bool json, bool report) {
    if (json) {
        Json document = to_json(outcome.comparison);
        document["out"] = outcome.out;
        document["observations_sha256"] = observations_sha256(outcome.result.observations);
        fmt::print("{}\n", document.dump(2));
    } else {
        fmt::print("{}\n", text_table(outcome.comparison));
        print_files(outcome.out / "result.json", outcome.out / "report.html", report);
    }
    return static_cast<int>(outcome.comparison.status);
}

Result load_result(const fs::path& path) {
    Result result = result_at(path);
    if (is_shard(result))
        throw Error(Status::usage, fmt::format("{}: one shard of a run", path.string()),
                    "rxlab merge joins all of them to a result");
    return result;
}

/// The committed table's sentence; a report does without what is not there or damaged.
std::string in_time_words(Lane lane) try {
    if (!lane_row(lane).icount) return "";
    return concordance_from_json(read_json(data_folder() / "results" / "concordance.json")).words;
} catch (const Error&) {
    return "";
}

double floor_from(const fs::path& null, Lane lane) {
    return null.empty() ? 0 : null_floor(load_result(null), lane);
}

CompareOptions compare_options(const fs::path& null, Lane lane) {
    return {.floor = floor_from(null, lane), .in_time = in_time_words(lane)};
}

void print_files(const fs::path& document, const fs::path& page, bool report) {
    fmt::print("result  {}\n", document.string());
    if (report) fmt::print("report  {}\n", page.string());
}

void draw(const char* program, const fs::path& folder) {
    run_or_throw(real_sys(),
                 {"/usr/bin/python3", data_folder() / "runner" / "report" / program, folder});
}

}  // namespace rxlab
