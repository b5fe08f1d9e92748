// SPDX-License-Identifier: GPL-2.0
#include "setup/driver_drops.h"

#include "base/error.h"

#include <sstream>

namespace rxlab {

uint64_t parse_xdp_drops(const std::string& ethtool_statistics) {
    std::istringstream stream(ethtool_statistics);
    uint64_t sum = 0;
    bool found = false;
    for (std::string name; stream >> name;) {
        uint64_t value = 0;
        if (!name.ends_with("xdp_drops:") || !(stream >> value))
            continue;
        sum += value;
        found = true;
    }
    if (!found)
        throw Error(Status::invalid, "the driver does not count XDP drops", "use a program that counts, e.g. xdp_drop");
    return sum;
}

uint64_t driver_xdp_drops(Sys& sys, const Interface& receiver) {
    return parse_xdp_drops(run_or_throw(sys, {"ethtool", "-S", receiver.name}, {}, receiver.netns));
}

} // namespace rxlab
