// SPDX-License-Identifier: GPL-2.0
// Instructions by which the guest tells the plugin where the measured window is: long nops with an
// address that nobody uses. Everywhere else they do nothing.
#pragma once

namespace rxlab {

inline constexpr unsigned char kMarkerBegin[] = {0x0f, 0x1f, 0x84, 0x00, 0x01, 0x4c, 0x58, 0x52};
inline constexpr unsigned char kMarkerEnd[] = {0x0f, 0x1f, 0x84, 0x00, 0x02, 0x4c, 0x58, 0x52};

inline void mark_begin() {
#ifdef __x86_64__
    asm volatile(".byte 0x0f, 0x1f, 0x84, 0x00, 0x01, 0x4c, 0x58, 0x52" ::: "memory");
#endif
}

inline void mark_end() {
#ifdef __x86_64__
    asm volatile(".byte 0x0f, 0x1f, 0x84, 0x00, 0x02, 0x4c, 0x58, 0x52" ::: "memory");
#endif
}

}  // namespace rxlab
