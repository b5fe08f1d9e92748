// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "topology/kinds.h"
#include "topology/namespaces.h"
#include "topology/sinks.h"

#include <fmt/format.h>

namespace rxlab {

const char kDummySchema[] = R"({"type": "object", "properties": {}})";

Topology make_dummy(Sys& sys, Journal& journal, const Json&) {
    Path path = make_path(0, "rxgen0", "rxgen0");
    path.receiver.netns = kGenerator;
    make_namespaces(sys, journal);
    run_or_throw(sys, {"ip", "-batch", "-"},
                 fmt::format("link add {} address {} type dummy\n", path.generator.name,
                             path.generator_mac) +
                     generator_address(path),
                 kGenerator);
    // What dummy is given it counts as sent, and frees.
    return {{path}, {{"dummy.sent", [&sys, end = path.generator] {
                          return statistic(sys, end, "tx_packets");
                      }}}};
}

}  // namespace rxlab
