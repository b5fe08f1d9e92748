// SPDX-License-Identifier: GPL-2.0
// The shards of a run, from several machines, to one result and its report.
#include "cmd/options.h"
#include "cmd/perform.h"

#include <memory>

namespace rxlab {

void define_merge(CommandOptions command) {
    auto folders = std::make_shared<std::vector<std::string>>();
    auto request = std::make_shared<RunRequest>();
    auto json = std::make_shared<bool>(false);
    command
        .option("SHARD", *folders, "the folder that each 'rxlab run EXPERIMENT --shard I/N' wrote")
        .required();
    add_null_option(command, *request);
    command.option("--out", request->out, "folder for result, comparison and report");
    command.flag("!--no-report", request->report, "do not draw the report");
    command.flag("--json", *json, "print comparison.json");
    command.does([=] { return show(perform_merge(*request, *folders), *json, request->report); });
}

}  // namespace rxlab
