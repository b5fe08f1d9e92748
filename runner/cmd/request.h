// SPDX-License-Identifier: GPL-2.0
// What a person asks for on the command line, and the campaign that it means.
#pragma once
#include "campaign/campaign.h"
#include "campaign/shard.h"
#include "cmd/catalogue.h"
#include "cmd/options.h"
#include "target/target.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace rxlab {

struct RunRequest {
    std::string experiment;
    std::string
        target;  ///< "vm", "host" or empty: vm, but host for traffic that is a program's there
    std::string lane;  ///< empty: the experiment's first lane (on the host: timed)
    std::vector<std::string> arms;
    int rounds = 0;     ///< 0: the experiment's
    bool full = false;  ///< all of an experiment that has a brief part
    bool each = false;  ///< a comparison that is decided ends by itself, not with all others
    uint64_t seed = 1;
    std::optional<Shard> shard;  ///< only that one of several machines'
    std::filesystem::path null;  ///< result of null-aa on the same machine and lane, or empty
    VmOptions vm;
    HostOptions host;
    std::filesystem::path out;  ///< empty: results/runs/EXPERIMENT-LANE-KERNEL-TIME
    bool report = true;
    bool quiet = false;
};

/// Options shared by plan, run and certify.
void add_plan_options(CommandOptions command, RunRequest& request);
/// Options about its guests.
void add_guest_options(CommandOptions command, VmOptions& vm);
/// Options about what is shown.
void add_display_options(CommandOptions command, RunRequest& request);
/// The option for the null floor.
void add_null_option(CommandOptions command, RunRequest& request);
/// Options about the machine a run happens on, these among them.
void add_target_options(CommandOptions command, RunRequest& request);

/// Writes one that was made, as FOLDER/NAME.json, and the folder. @return its path
std::filesystem::path write_experiment(const std::filesystem::path& folder, const Json& document);

/// The plan as it is shown: in the timed lane with the least rounds.
/// @throws Error(Status::usage): lane and target that do not go together.
Plan plan_for(const RunRequest& request, const Experiment& experiment);

/// That a run takes the brief part of its experiment only, and what the whole is; empty: it is all.
std::string brief_words(const RunRequest& request, const Experiment& experiment);

/// Everything but its folder, which is empty. @throws as plan_for
CampaignRequest campaign_for(const RunRequest& request);
/// How its trials are chosen: the timed lane goes on until the intervals are narrow enough, unless
/// the rounds are given; the others run their whole plan.
std::unique_ptr<Strategy> strategy_for(const RunRequest& request, const Plan& plan);
std::unique_ptr<Executor> executor_for(const RunRequest& request, const Plan& plan);

/// The command that asks for the same. @param start as far as the options, "rxlab tune rx-path ..."
std::string command_again(const std::string& start, const RunRequest& request);

/// The folder that was asked for, or else a new one in the checkout:
/// results/runs/EXPERIMENT-WORD-KERNEL-TIME.
std::filesystem::path out_for(const RunRequest& request, const Plan& plan, const std::string& word);

}  // namespace rxlab
