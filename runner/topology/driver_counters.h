// SPDX-License-Identifier: GPL-2.0
// Counters of a driver's own (ethtool -S).
#pragma once
#include "sys/ethtool.h"

namespace rxlab {

/// Sum of the statistics of these names. @throws Error(Status::invalid): the driver has one of them
/// not.
uint64_t sum_of(const Statistics& statistics, const std::vector<std::string>& names);
uint64_t driver_counters(Sys& sys, const Interface& interface,
                         const std::vector<std::string>& names);

/// What became of frames by XDP programs that count nothing themselves, as the driver counts it.
struct XdpEnds {
    uint64_t drops = 0, aborted = 0, sent_back = 0, redirected = 0;  ///< frames
};
/// Of a total ("rx_xdp_drops", "xdp_drop"), or of the queues ("rx_queue_0_xdp_drops"). Many drivers
/// count what is aborted among the drops. @throws Error(Status::invalid): it counts no XDP drops.
XdpEnds xdp_ends(const Statistics& statistics);
XdpEnds driver_xdp_ends(Sys& sys, const Interface& receiver);

}  // namespace rxlab
