// SPDX-License-Identifier: GPL-2.0
#include "collect/collector.h"
#include "collect/delta.h"

#include "base/trimmed.h"

#include <charconv>

namespace rxlab {
namespace {

/// Of one interface: name -> what reads it.
using Readers = std::map<std::string, std::function<std::string()>>;

Readers statistics_of(Sys& sys, const Interface& interface) {
    Readers readers;
    sys.in_netns(interface.netns, [&] {
        const std::string folder = "/sys/class/net/" + interface.name + "/statistics";
        for (const std::string& name : sys.list(folder))
            readers[name] = sys.reader(folder + "/" + name);
    });
    return readers;
}

uint64_t number_in(const std::string& text) {
    uint64_t value = 0;
    const std::string digits = trimmed(text);
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

}  // namespace

std::unique_ptr<Collector> make_link(Sys& sys, const Interfaces& receivers) {
    std::vector<Readers> interfaces;
    for (const Interface& receiver : receivers) interfaces.push_back(statistics_of(sys, receiver));
    return std::make_unique<DeltaCollector>(
        [interfaces] {
            Counts sums;
            for (const Readers& readers : interfaces)
                for (const auto& [name, read] : readers) sums[name] += number_in(read());
            return sums;
        },
        each_as("link."));
}

}  // namespace rxlab
