// SPDX-License-Identifier: GPL-2.0
// Instructions by which the guest tells the plugin where the measured window is, and which
// functions it has to see: long nops with an address that nobody uses. Everywhere else they do
// nothing.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace rxlab {

inline constexpr unsigned char kMarkerBegin[] = {0x0f, 0x1f, 0x84, 0x00, 0x01, 0x4c, 0x58, 0x52};
inline constexpr unsigned char kMarkerEnd[] = {0x0f, 0x1f, 0x84, 0x00, 0x02, 0x4c, 0x58, 0x52};

/// The same for an assembler.
#define RXLAB_MARK_BEGIN ".byte 0x0f, 0x1f, 0x84, 0x00, 0x01, 0x4c, 0x58, 0x52\n"
#define RXLAB_MARK_END ".byte 0x0f, 0x1f, 0x84, 0x00, 0x02, 0x4c, 0x58, 0x52\n"

inline void mark_begin() {
#ifdef __x86_64__
    asm volatile(RXLAB_MARK_BEGIN ::: "memory");
#endif
}

inline void mark_end() {
#ifdef __x86_64__
    asm volatile(RXLAB_MARK_END ::: "memory");
#endif
}

/// Then four bytes of an address in the kernel's own text, whose upper half is all ones.
inline constexpr unsigned char kMarkerEntry[] = {0x0f, 0x1f, 0x84, 0x01};

/// The address that such an instruction names; 0: it is another one.
inline uint64_t entry_named(const uint8_t* bytes, size_t size) {
    if (size != 8 || std::memcmp(bytes, kMarkerEntry, sizeof kMarkerEntry) != 0) return 0;
    int32_t low = 0;
    std::memcpy(&low, bytes + sizeof kMarkerEntry, sizeof low);
    return static_cast<uint64_t>(int64_t{low});
}

/// Functions that stand on a stack from the next window on, however they are reached, by the
/// addresses of their first instructions.
void name_entries(const std::vector<uint64_t>& addresses);

}  // namespace rxlab
