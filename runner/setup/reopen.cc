// SPDX-License-Identifier: GPL-2.0
// Some settings act on what is requested later (irq_affinity:default), and most drivers request
// their interrupts when the interface is opened.
#include "base/error.h"
#include "setup/kinds.h"
#include "topology/namespaces.h"

#include <fmt/format.h>

namespace rxlab {

const char kReopenSchema[] = R"({"type": "object", "properties": {}})";

namespace {

/// Of an interface that people use, routes and IPv6 addresses would not come back.
void require_of_the_trial_alone(const Topology& topology) {
    for (const Path& path : topology.paths)
        if (path.receiver.netns.empty())
            throw Error(Status::usage,
                        fmt::format("setup reopen: {} stays where it is, and would lose its routes",
                                    path.receiver.name),
                        "without --force each end is in a namespace of its own for the trial");
}

}  // namespace

/// Nothing to undo: it is up before and afterwards.
std::unique_ptr<Applied> apply_reopen(Sys& sys, Journal&, const Topology& topology, const Json&) {
    require_of_the_trial_alone(topology);
    for (const Path& path : topology.paths) {
        run_or_throw(sys, {"ip", "-batch", "-"}, reopened_receiver(path), path.receiver.netns);
        await_settled(sys, path, topology.settle_ns, "the cable between both ends");
    }
    return std::make_unique<Applied>();
}

std::string describe_reopen(Sys&, Journal&, const Topology& topology, const Json&) {
    require_of_the_trial_alone(topology);
    return fmt::format("close {} and open it again", receiver_names(topology));
}

}  // namespace rxlab
