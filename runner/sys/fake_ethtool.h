// SPDX-License-Identifier: GPL-2.0
// For tests: a driver's counters, answered as the kernel answers SIOCETHTOOL.
#pragma once
#include "sys/ethtool.h"

#include <linux/ethtool.h>
#include <net/if.h>

#include <cstring>

namespace rxlab {

/// @param argument of Sys::ioctl(kSocket, SIOCETHTOOL, ...)
inline void answer_ethtool(const Statistics& counters, void* argument) {
    char* request = static_cast<ifreq*>(argument)->ifr_data;
    uint32_t command = 0;
    std::memcpy(&command, request, sizeof command);
    const auto count = static_cast<uint32_t>(counters.size());
    if (command == ETHTOOL_GSSET_INFO)
        std::memcpy(request + sizeof(ethtool_sset_info), &count, sizeof count);
    for (uint32_t i = 0; i < count; i++) {
        const auto& [name, value] = counters[i];
        if (command == ETHTOOL_GSTRINGS)
            name.copy(request + sizeof(ethtool_gstrings) + size_t{i} * ETH_GSTRING_LEN,
                      ETH_GSTRING_LEN);
        if (command == ETHTOOL_GSTATS)
            std::memcpy(request + sizeof(ethtool_stats) + size_t{i} * sizeof value, &value,
                        sizeof value);
    }
}

}  // namespace rxlab
