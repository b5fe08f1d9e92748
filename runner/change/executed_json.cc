// SPDX-License-Identifier: GPL-2.0
#include "change/executed_json.h"

#include "experiment/field.h"

namespace rxlab {

Json to_json(const Executed& executed) {
    Json accesses = Json::array();
    for (const auto& [place, count] : executed.accesses)
        accesses.push_back({{"function", place.function},
                            {"device", place.device},
                            {"loads", count.loads},
                            {"stores", count.stores}});
    return {{"stacks", executed.stacks}, {"accesses", accesses}, {"calls", executed.calls}};
}

Executed executed_from_json(const Json& json) {
    const Field document(json);
    Executed executed;
    for (const auto& [stack, count] : document["stacks"].entries())
        executed.stacks[stack] = count.natural();
    for (const Field& access : document["accesses"].items())
        executed.accesses[{access["function"].text(), access["device"].text()}] = {
            access["loads"].natural(), access["stores"].natural()};
    for (const auto& [function, count] : document["calls"].entries())
        executed.calls[function] = count.natural();
    return executed;
}

}  // namespace rxlab
