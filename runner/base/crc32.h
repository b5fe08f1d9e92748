// SPDX-License-Identifier: GPL-2.0
#pragma once
#include <cstdint>
#include <string_view>

namespace rxlab {

/// CRC-32 as in zlib and Ethernet (polynomial 0x04C11DB7, reflected).
uint32_t crc32(std::string_view bytes);

}  // namespace rxlab
