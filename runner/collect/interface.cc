// SPDX-License-Identifier: GPL-2.0
#include "collect/collector.h"
#include "collect/delta.h"

namespace rxlab {

std::unique_ptr<Collector> make_interface(Sys& sys, const Interfaces& receivers) {
    std::map<std::string, std::function<std::string()>> tables;  // by namespace
    for (const Interface& receiver : receivers)
        // thread-self: /proc/net is the main thread's namespace, and in_netns() moves only this
        // thread.
        sys.in_netns(receiver.netns,
                     [&] { tables[receiver.netns] = sys.reader("/proc/thread-self/net/dev"); });
    return std::make_unique<DeltaCollector>(
        [tables, receivers] {
            std::map<std::string, std::string> texts;
            for (const auto& [netns, read] : tables) texts[netns] = read();
            Counts sums;
            for (const Interface& receiver : receivers)
                for (const auto& [field, count] :
                     parse_net_dev(texts[receiver.netns], receiver.name))
                    sums[field] += count;
            return sums;
        },
        each_as("interface."));
}

}  // namespace rxlab
