// SPDX-License-Identifier: GPL-2.0
// What a kernel's log looks like when something is wrong: the one table of it. The console of a
// guest, /dev/kmsg and the tests inside guests (vm/guest-checks.sh) are all read by it.
#pragma once
#include <cstddef>
#include <string>

namespace rxlab {

struct Splat {
    const char* text;   ///< in a line of the kernel log, letter by letter
    const char* fault;  ///< what it is called where it ends the kernel; null: the kernel survives
};

/// The most telling first: an oops or a lockup ends in a panic too (oops=panic, softlockup_panic).
extern const Splat kSplats[];
extern const size_t kSplatCount;

/// Is this line of a kernel log a warning, a BUG, an oops, a lockup, a stall, a sanitizer's report?
bool is_splat(const std::string& line);

}  // namespace rxlab
