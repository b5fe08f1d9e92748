// SPDX-License-Identifier: GPL-2.0
// What ethtool -S prints, without ethtool: a guest takes milliseconds to start it, and counters are
// read dozens of times in a trial.
#pragma once
#include "sys/interface.h"
#include "sys/sys.h"

#include <utility>

namespace rxlab {

/// For Sys::ioctl: not a device, but a socket of the namespace that the thread is in.
inline constexpr const char* kSocket = "socket";

using Statistics = std::vector<std::pair<std::string, uint64_t>>;  ///< in the driver's order

/// A driver's own counters; none where it has none. @throws Error(Status::invalid)
Statistics ethtool_statistics(Sys& sys, const Interface& interface);

}  // namespace rxlab
