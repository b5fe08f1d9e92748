// SPDX-License-Identifier: GPL-2.0
// XDP drops as the driver counts them (ethtool -S), for programs that count nothing themselves.
#pragma once
#include "collect/collector.h"

namespace rxlab {

/// Sum of the statistics that end in "xdp_drops", one per queue in veth.
/// @throws Error(Status::invalid): the driver has no such statistic.
uint64_t parse_xdp_drops(const std::string& ethtool_statistics);

uint64_t driver_xdp_drops(Sys& sys, const Interface& receiver);

} // namespace rxlab
