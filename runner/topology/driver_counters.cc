// SPDX-License-Identifier: GPL-2.0
#include "topology/driver_counters.h"

#include "base/error.h"

#include <fmt/format.h>
#include <charconv>
#include <functional>
#include <sstream>

namespace rxlab {
namespace {

struct Sum {
    uint64_t value = 0;
    size_t found = 0;
};

/// "     NAME: 123" -> 123. @throws Error(Status::invalid) where that is no number.
uint64_t value_in(const std::string& line, size_t at) {
    uint64_t value = 0;
    const char* end = line.data() + line.size();
    const auto [stop, error] = std::from_chars(line.data() + at, end, value);
    if (error != std::errc{} || stop != end)
        throw Error(Status::invalid, fmt::format("ethtool -S: cannot read '{}'", line));
    return value;
}

Sum sum_of(const std::string& ethtool_statistics,
           const std::function<bool(const std::string& name)>& wanted) {
    std::istringstream lines(ethtool_statistics);
    Sum sum;
    for (std::string line; std::getline(lines, line);) {
        const size_t start = line.find_first_not_of(' '), colon = line.rfind(": ");
        if (start == std::string::npos || colon == std::string::npos ||
            !wanted(line.substr(start, colon - start)))
            continue;
        sum.value += value_in(line, colon + 2);
        sum.found++;
    }
    return sum;
}

std::string statistics_of(Sys& sys, const Interface& interface) {
    return run_or_throw(sys, {"ethtool", "-S", interface.name}, {}, interface.netns);
}

}  // namespace

uint64_t parse_driver_counters(const std::string& ethtool_statistics,
                               const std::vector<std::string>& names) {
    uint64_t value = 0;
    for (const std::string& name : names) {
        const Sum sum =
            sum_of(ethtool_statistics, [&](const std::string& other) { return other == name; });
        if (!sum.found)
            throw Error(Status::invalid, fmt::format("the driver has no counter {}", name),
                        "ethtool -S shows what it has");
        value += sum.value;
    }
    return value;
}

uint64_t driver_counters(Sys& sys, const Interface& interface,
                         const std::vector<std::string>& names) {
    return parse_driver_counters(statistics_of(sys, interface), names);
}

uint64_t parse_xdp_drops(const std::string& ethtool_statistics) {
    Sum sum =
        sum_of(ethtool_statistics, [](const std::string& name) { return name == "rx_xdp_drops"; });
    if (!sum.found)
        sum = sum_of(ethtool_statistics,
                     [](const std::string& name) { return name.ends_with("xdp_drops"); });
    if (!sum.found)
        throw Error(Status::invalid, "the driver does not count XDP drops",
                    "use a program that counts, e.g. xdp_drop");
    return sum.value;
}

uint64_t driver_xdp_drops(Sys& sys, const Interface& receiver) {
    return parse_xdp_drops(statistics_of(sys, receiver));
}

}  // namespace rxlab
