// SPDX-License-Identifier: GPL-2.0
#include "collect/kinds.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Victim, counts_each_moment_it_wanted_to_run_late_or_not) {
    Sys& sys = real_sys();
    const auto victim = make_victim(sys, {});
    victim->start();
    const uint64_t start = sys.now_ns();
    sys.sleep_ns(50'000'000);
    const double wanted = static_cast<double>(sys.now_ns() - start) / 1e6;
    victim->stop();
    Metrics metrics;
    Json curves;
    victim->report({}, metrics, curves);
    // One per millisecond, however late: the last may not have come yet, and between two looks at
    // the clock there may be more.
    EXPECT_GE(metrics.at("victim.wakeup.count").value, 45);
    EXPECT_LE(metrics.at("victim.wakeup.count").value, wanted + 200);
    EXPECT_EQ(metrics.at("victim.wakeup.p99").better, "lower");
    EXPECT_TRUE(curves.contains("victim.wakeup"));
}

TEST(Victim, one_that_never_began_has_nothing_to_tell) {
    const auto victim = make_victim(real_sys(), {});
    victim->stop();
    Metrics metrics;
    Json curves;
    victim->report({}, metrics, curves);
    EXPECT_EQ(metrics.at("victim.wakeup.count").value, 0);
    EXPECT_TRUE(curves.empty());
}

}  // namespace
}  // namespace rxlab
