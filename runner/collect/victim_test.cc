// SPDX-License-Identifier: GPL-2.0
#include "collect/collector.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Victim, counts_each_moment_it_wanted_to_run_late_or_not) {
    Sys& sys = real_sys();
    const auto victim = collector_named("victim").make(sys, {});
    victim->start();
    const uint64_t start = sys.now_ns();
    sys.sleep_ns(50'000'000);
    const double wanted = static_cast<double>(sys.now_ns() - start) / 1e6;
    victim->stop();
    Values values;
    Json curves;
    victim->report({}, values, curves);
    // One per millisecond, however late: the last may not have come yet, and between two looks at
    // the clock there may be more.
    EXPECT_GE(values.at("victim.wakeup.count"), 45);
    EXPECT_LE(values.at("victim.wakeup.count"), wanted + 200);
    EXPECT_GT(values.at("victim.wakeup.p99"), 0);
    EXPECT_TRUE(curves.contains("victim.wakeup"));
}

TEST(Victim, one_that_never_began_has_nothing_to_tell) {
    const auto victim = collector_named("victim").make(real_sys(), {});
    victim->stop();
    Values values;
    Json curves;
    victim->report({}, values, curves);
    EXPECT_EQ(values.at("victim.wakeup.count"), 0);
    EXPECT_TRUE(curves.empty());
}

}  // namespace
}  // namespace rxlab
