// SPDX-License-Identifier: GPL-2.0
// CPU time as getrusage(2) and wait4(2) tell it.
#pragma once
#include <sys/resource.h>

namespace rxlab {

/// Seconds, in user and kernel mode together.
inline double cpu_seconds(const rusage& used) {
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace rxlab
