// SPDX-License-Identifier: GPL-2.0
#include "collect/delta.h"
#include "collect/kinds.h"

namespace rxlab {
namespace {

void report(const Counts& growth, Metrics& metrics) {
    for (const auto& [field, count] : growth) {
        const bool unwanted = field.ends_with("_errors") || field.ends_with("_dropped");
        metrics["interface." + field] = {static_cast<double>(count), field.ends_with("_bytes") ? "bytes" : "packets",
                                         unwanted ? "lower" : "none"};
    }
}

} // namespace

std::unique_ptr<Collector> make_interface(Sys& sys, const Interface& receiver) {
    std::function<std::string()> read;
    // thread-self: /proc/net is the main thread's namespace, and in_netns() moves only this thread.
    sys.in_netns(receiver.netns, [&] { read = sys.reader("/proc/thread-self/net/dev"); });
    return std::make_unique<DeltaCollector>([read, name = receiver.name] { return parse_net_dev(read(), name); }, report);
}

} // namespace rxlab
