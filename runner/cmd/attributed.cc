// SPDX-License-Identifier: GPL-2.0
#include "cmd/attributed.h"

#include "change/executed_json.h"

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

}  // namespace rxlab
