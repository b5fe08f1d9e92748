// SPDX-License-Identifier: GPL-2.0
#include "base/cpu_time.h"

#include <gtest/gtest.h>

namespace rxlab {

TEST(CpuSeconds, are_those_of_user_and_kernel_mode_together) {
    rusage used{};
    used.ru_utime = {.tv_sec = 2, .tv_usec = 250'000};
    used.ru_stime = {.tv_sec = 1, .tv_usec = 500'000};
    EXPECT_DOUBLE_EQ(cpu_seconds(used), 3.75);
}

}  // namespace rxlab
