// SPDX-License-Identifier: GPL-2.0
#include "cmd/attributed.h"

#include "base/error.h"
#include "base/output.h"
#include "change/executed_json.h"

#include <fmt/format.h>

namespace rxlab {
namespace {

constexpr int kAttributionVersion = 1;

}  // namespace

Json attribution_json(const std::string& command, const Experiment& experiment,
                      const Json& provenance, const std::vector<Attributed>& cells) {
    Json list = Json::array();
    for (const Attributed& one : cells) {
        Json cell = to_json(one.executed);
        cell.update({{"label", one.label},
                     {"arm", one.arm},
                     {"factors", one.factors},
                     {"baseline", one.baseline},
                     {"packets", one.packets},
                     {"item", one.item},
                     {"instructions", total(one.executed.stacks)}});
        list.push_back(std::move(cell));
    }
    return {{"schema_version", kAttributionVersion},
            {"experiment", experiment.name},
            {"question", experiment.question},
            {"kernel", provenance["kernel"].value("release", "")},
            {"command", command},
            {"cells", list}};
}

void CountedListener::operator()(const happened::Observed& event) const {
    if (const auto found = faults(event.observation); !found.empty())
        throw Error(Status::invalid,
                    fmt::format("{}: {}", event.observation.trial.arm, found.front()));
}

void CountedListener::say(const std::string& line) const {
    if (!quiet_) tell("  {}\n", line);
}

}  // namespace rxlab
