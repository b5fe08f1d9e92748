// SPDX-License-Identifier: GPL-2.0
#pragma once
#include "topology/topology.h"

namespace rxlab {

/// An Ethernet frame (without its check sequence) with an IPv4 UDP datagram along `path`; both
/// checksums are right. `size` is in bytes, 60 at least; the payload is zeros.
std::vector<uint8_t> udp_frame(const Path& path, size_t size, uint16_t source_port,
                               uint16_t destination_port);

}  // namespace rxlab
