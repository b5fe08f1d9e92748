// SPDX-License-Identifier: GPL-2.0
#include "result/certify.h"

#include "base/error.h"
#include "cmd/options.h"
#include "cmd/perform.h"
#include "target/files.h"

#include <fmt/format.h>
#include <memory>

namespace rxlab {
namespace {

RunOutcome run_from_scratch(RunRequest request, const char* part) {
    const WorkFolder fresh;  // nothing is taken over from an earlier run
    request.vm.snapshots = fresh.path("snapshots");
    if (!request.out.empty()) request.out /= part;
    return perform(request);
}

int certify(const RunRequest& request, bool json) {
    const Lane lane = plan_for(request, load_experiment(request.experiment)).lane;
    if (!lane_row(lane).repeats_exactly)
        throw Error(Status::usage,
                    fmt::format("only the {} lane repeats exactly", to_string(exact_lane())),
                    fmt::format("rxlab certify EXPERIMENT --lane {}", to_string(exact_lane())));
    const RunOutcome first = run_from_scratch(request, "first");
    const RunOutcome second = run_from_scratch(request, "second");
    const std::vector<std::string> differences = differing(first.result, second.result);
    const std::string sha[] = {observations_sha256(first.result.observations),
                               observations_sha256(second.result.observations)};
    const bool equal = sha[0] == sha[1];
    if (json) {
        fmt::print("{}\n", Json{{"certified", equal},
                                {"observations_sha256", sha},
                                {"differences", differences},
                                {"runs", {first.out, second.out}}}
                               .dump(2));
    } else {
        for (const std::string& line : differences) fmt::print("differs: {}\n", line);
        fmt::print("{}: {} trials twice from scratch, observations_sha256\n  {}  {}\n  {}  {}\n",
                   equal ? "certified" : "NOT certified", first.result.observations.size(), sha[0],
                   first.out.string(), sha[1], second.out.string());
    }
    return static_cast<int>(equal ? Status::ok : Status::invalid);
}

}  // namespace

void define_certify(CommandOptions command) {
    auto request = std::make_shared<RunRequest>();
    auto json = std::make_shared<bool>(false);
    add_plan_options(command, *request);
    add_target_options(command, *request);
    command.flag("--json", *json, "print JSON");
    command.does([=] {
        request->report = false;
        return certify(*request, *json);
    });
}

}  // namespace rxlab
