// SPDX-License-Identifier: GPL-2.0
#include "attribution/opcodes.h"

#include <algorithm>
#include <iterator>

namespace rxlab {
namespace {

/// Legacy prefixes, and REX (Intel SDM volume 2, 2.1.1 and 2.2.1).
bool is_prefix(uint8_t byte) {
    constexpr uint8_t legacy[] = {0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65, 0x66, 0x67};
    return std::find(std::begin(legacy), std::end(legacy), byte) != std::end(legacy) ||
           (byte >= 0x40 && byte <= 0x4f);
}

size_t opcode_at(const uint8_t* bytes, size_t size) {
    return static_cast<size_t>(
        std::find_if_not(bytes, bytes + size, [](uint8_t byte) { return is_prefix(byte); }) -
        bytes);
}

}  // namespace

Ends ending_of(const uint8_t* bytes, size_t size) {
    const size_t at = opcode_at(bytes, size);
    if (at >= size) return Ends::otherwise;
    if (bytes[at] == 0xe8) return Ends::with_call;
    if (bytes[at] == 0xff && at + 1 < size && (bytes[at + 1] >> 3 & 7) == 2) return Ends::with_call;
    return bytes[at] == 0xc3 || bytes[at] == 0xc2 ? Ends::with_return : Ends::otherwise;
}

PortAccess port_access_of(const uint8_t* bytes, size_t size) {
    const size_t at = opcode_at(bytes, size);
    if (at >= size) return PortAccess::none;
    switch (bytes[at]) {
        case 0xe4:  // in al, imm8
        case 0xe5:
        case 0xec:  // in al, dx
        case 0xed:
        case 0x6c:  // ins
        case 0x6d:
            return PortAccess::input;
        case 0xe6:  // out imm8, al
        case 0xe7:
        case 0xee:  // out dx, al
        case 0xef:
        case 0x6e:  // outs
        case 0x6f:
            return PortAccess::output;
    }
    return PortAccess::none;
}

}  // namespace rxlab
