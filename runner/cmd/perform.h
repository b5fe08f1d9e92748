// SPDX-License-Identifier: GPL-2.0
// A campaign as run and certify make it: progress on stderr, documents and report in a folder.
#pragma once
#include "cmd/request.h"

namespace rxlab {

struct RunOutcome {
    Result result;
    Comparison comparison;
    std::filesystem::path out;
};

/// Runs the campaign, writes result.json, comparison.json, the report and the plots.
/// @param also is told what happens, too, before it is shown
/// @throws Error; what was observed until then is in observations.jsonl of the folder.
RunOutcome perform(const RunRequest& request, const CampaignListener& also = {});

/// One shard of a run: its result.json alone, for nothing can be concluded from it yet.
struct ShardOutcome {
    Result result;
    std::filesystem::path out;
};
ShardOutcome perform_shard(const RunRequest& request);

/// Of all shards, named by their folders, what one run of all would have given: the rounds that it
/// would have stopped after, too. @throws Error(Status::usage)
RunOutcome perform_merge(RunRequest request, const std::vector<std::string>& folders);

/// The outcome on stdout, as a table or as comparison.json. @return exit status
int show(const RunOutcome& outcome, bool json, bool report);

/// result.json of a run, named by the file or by its folder.
/// @throws Error(Status::usage): it is none, or a shard, which says nothing by itself
Result load_result(const std::filesystem::path& path);
/// The null floor of the result at `null` (empty: not measured) in `lane`.
double floor_from(const std::filesystem::path& null, Lane lane);
/// The options for comparing in `lane`, with the null floor of the result at `null` (empty: not
/// measured).
CompareOptions compare_options(const std::filesystem::path& null, Lane lane);

/// Where a document is, and its page where one was drawn.
void print_files(const std::filesystem::path& document, const std::filesystem::path& page,
                 bool report);

/// Runs a program of runner/report ("report.py") on a folder. @throws Error(Status::invalid)
void draw(const char* program, const std::filesystem::path& folder);

}  // namespace rxlab
