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

/// XDP drops as the driver counts them, for programs that count nothing themselves: the statistic
/// "rx_xdp_drops", or the sum of those that end in "xdp_drops", one per queue in veth. @throws
/// Error(Status::invalid): the driver has no such statistic.
uint64_t sum_of_xdp_drops(const Statistics& statistics);
uint64_t driver_xdp_drops(Sys& sys, const Interface& receiver);

}  // namespace rxlab
