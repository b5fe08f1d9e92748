// SPDX-License-Identifier: GPL-2.0
// A campaign: a plan's trials, chosen by a strategy, run by an executor, kept in a store.
#pragma once
#include "campaign/executor.h"
#include "campaign/strategy.h"
#include "compare/compare.h"

#include <filesystem>
#include <functional>
#include <string>
#include <variant>

namespace rxlab {

struct CampaignRequest {
    Experiment experiment;
    Plan plan;  ///< every trial it may run
    Json stamp =
        Json::object();  ///< provenance beside the executor's: who asked, and how to repeat it
    std::filesystem::path out;  ///< folder of the observations; a campaign interrupted there is
                                ///< gone on with. Empty: they are in no file
};

/// What happened, for whoever shows it.
namespace happened {
struct LeftOut {
    std::string reason;  ///< an arm that cannot run here, and why
};
struct Warning {
    std::string text;
};
struct Resumed {
    const std::vector<Observation>& observations;
    size_t planned;
    std::filesystem::path out;
};
struct Note {
    std::string text;  ///< the executor's
};
struct Booted {
    double seconds;  ///< of a guest, with its snapshots
};
struct Observed {
    const Observation& observation;
    size_t observed, planned;  ///< trials so far, this one among them, and at most, or up to the
                               ///< plan's next look
};
struct Console {
    const std::string& text;  ///< all that a trial's guest said
};
struct Counted {
    const Observation& observation;
    const Executed& executed;  ///< where the trial's instructions were executed
};
}  // namespace happened
using CampaignEvent =
    std::variant<happened::LeftOut, happened::Warning, happened::Resumed, happened::Note,
                 happened::Booted, happened::Observed, happened::Console, happened::Counted>;
/// Called from one thread at a time. What it throws ends the campaign.
using CampaignListener = std::function<void(const CampaignEvent&)>;

/// Runs the trials that the strategy asks for until it asks for none.
/// @throws Error: the executor's, the store's, the strategy's. What was observed until then is in
/// the store. Error(Status::lost): the executor gave no observation of a trial, or one of another.
Result run_campaign(const CampaignRequest& request, const Strategy& strategy, Executor& executor,
                    const CampaignListener& listener);

/// Compares, and writes result.json and comparison.json to `out`.
/// @throws Error(Status::invalid): they cannot be written.
Comparison conclude(const Result& result, const std::filesystem::path& out,
                    const CompareOptions& options);

}  // namespace rxlab
