// SPDX-License-Identifier: GPL-2.0
#include "topology/driver_counters.h"

#include "base/error.h"

#include <fmt/format.h>
#include <optional>

namespace rxlab {
namespace {

/// Of those whose name is wanted; nothing where there is none.
template <typename Wanted>
std::optional<uint64_t> sum_where(const Statistics& statistics, const Wanted& wanted) {
    std::optional<uint64_t> sum;
    for (const auto& [name, value] : statistics)
        if (wanted(name)) sum = sum.value_or(0) + value;
    return sum;
}

/// The first of these words that it counts by. What a driver sends for XDP may be counted at the
/// queues that send, too: those of the receiving side are meant.
std::optional<uint64_t> xdp_statistic(const Statistics& statistics,
                                      const std::vector<std::string>& words) {
    for (const std::string& word : words) {
        for (const std::string& total : {"rx_xdp_" + word, "xdp_" + word})
            if (const auto sum =
                    sum_where(statistics, [&](const std::string& name) { return name == total; }))
                return sum;
        if (const auto sum = sum_where(statistics, [&](const std::string& name) {
                return name.find("rx") != name.npos && name.ends_with("_xdp_" + word);
            }))
            return sum;
    }
    return {};
}

}  // namespace

uint64_t sum_of(const Statistics& statistics, const std::vector<std::string>& names) {
    uint64_t sum = 0;
    for (const std::string& name : names) {
        const auto value =
            sum_where(statistics, [&](const std::string& other) { return other == name; });
        if (!value)
            throw Error(Status::invalid, fmt::format("the driver has no counter {}", name),
                        "ethtool -S shows what it has");
        sum += *value;
    }
    return sum;
}

uint64_t driver_counters(Sys& sys, const Interface& interface,
                         const std::vector<std::string>& names) {
    return sum_of(ethtool_statistics(sys, interface), names);
}

XdpEnds xdp_ends(const Statistics& statistics) {
    const auto drops = xdp_statistic(statistics, {"drops", "drop"});
    if (!drops)
        throw Error(Status::invalid, "the driver does not count XDP drops",
                    "use a program that counts, e.g. xdp_drop");
    return {*drops, xdp_statistic(statistics, {"aborted"}).value_or(0),
            xdp_statistic(statistics, {"tx", "tx_xmit"}).value_or(0),
            xdp_statistic(statistics, {"redirect", "redirects"}).value_or(0)};
}

XdpEnds driver_xdp_ends(Sys& sys, const Interface& receiver) {
    return xdp_ends(ethtool_statistics(sys, receiver));
}

}  // namespace rxlab
