// SPDX-License-Identifier: GPL-2.0
#include "cmd/perform.h"

#include "base/error.h"
#include "cmd/pace_file.h"
#include "cmd/progress.h"
#include "compare/null_floor.h"
#include "sys/sys.h"
#include "target/files.h"

#include <fmt/format.h>

namespace fs = std::filesystem;

namespace rxlab {

namespace {

Result observed(const RunRequest& request, const CampaignRequest& campaign, Executor& executor,
                const CampaignListener& also) {
    PaceFile paces = pace_file();
    const Plan& plan = campaign.plan;
    const Pace pace = paces.of(plan);
    const Forecast ahead = forecast_for(request, plan, pace);
    Progress progress(request.quiet, plan, pace, ahead.workers);
    progress.say(in_words(ahead));
    if (const std::string brief = brief_words(request, campaign.experiment); !brief.empty())
        progress.say(brief);
    try {
        const CampaignListener shown = progress.listener();
        Result result = run_campaign(campaign, *strategy_for(request, plan), executor,
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

}  // namespace

RunOutcome perform(const RunRequest& request, const CampaignListener& also) {
    CampaignRequest campaign = campaign_for(request);
    const Plan& plan = campaign.plan;
    const CompareOptions options = compare_options(request.null, plan.lane);
    campaign.out = out_for(request, plan, to_string(plan.lane));
    const std::unique_ptr<Executor> executor = executor_for(request, plan);
    Result result = observed(request, campaign, *executor, also);
    const Comparison comparison = conclude(result, campaign.out, options);
    if (request.report) draw("report.py", campaign.out);
    return {std::move(result), comparison, campaign.out};
}

Result load_result(const fs::path& path) {
    return result_from_json(read_json(fs::is_directory(path) ? path / "result.json" : path));
}

CompareOptions compare_options(const fs::path& null, Lane lane) {
    return {null.empty() ? 0 : null_floor(load_result(null), lane)};
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
