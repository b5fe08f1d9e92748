// SPDX-License-Identifier: GPL-2.0
#include "plan/collected.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Gives, is_told_by_the_first_word) {
    EXPECT_TRUE(gives("victim", "victim.wakeup.p99"));
    EXPECT_TRUE(gives("bpftrace:drops", "bpftrace.drops.n"));
    EXPECT_TRUE(gives("wakeups", "wakeup.irq.p99"));
    EXPECT_TRUE(gives("perf_record_slow", "perf_record.samples"));
    EXPECT_FALSE(gives("victim", "softirq.net_rx.count"));
    EXPECT_FALSE(gives("irq", "irq"));
    EXPECT_FALSE(gives("drops", "dropped_fraction"));
    EXPECT_FALSE(gives("irq", ".count"));
}

}  // namespace
}  // namespace rxlab
