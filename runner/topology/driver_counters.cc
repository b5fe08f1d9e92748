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

uint64_t sum_of_xdp_drops(const Statistics& statistics) {
    auto drops =
        sum_where(statistics, [](const std::string& name) { return name == "rx_xdp_drops"; });
    if (!drops)
        drops = sum_where(statistics,
                          [](const std::string& name) { return name.ends_with("xdp_drops"); });
    if (!drops)
        throw Error(Status::invalid, "the driver does not count XDP drops",
                    "use a program that counts, e.g. xdp_drop");
    return *drops;
}

uint64_t driver_xdp_drops(Sys& sys, const Interface& receiver) {
    return sum_of_xdp_drops(ethtool_statistics(sys, receiver));
}

}  // namespace rxlab
