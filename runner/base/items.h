// SPDX-License-Identifier: GPL-2.0
#pragma once

namespace rxlab {

/// What traffic may consist of. Metrics are named by it: "instructions_per_packet", "packets_sent".
inline constexpr const char* kItems[] = {"packet", "record", "message", "run"};

}  // namespace rxlab
