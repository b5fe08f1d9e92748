// SPDX-License-Identifier: GPL-2.0
#include "base/crc32.h"

#include <zlib.h>

namespace rxlab {

uint32_t crc32(std::string_view bytes) {
    return static_cast<uint32_t>(
        ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace rxlab
