// SPDX-License-Identifier: GPL-2.0
#include "collect/collector.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Victim, counts_each_moment_it_wanted_to_run_whenever_it_had_its_cpu) {
    Sys& sys = real_sys();
    const auto victim = collector_named("victim").make(sys, {});
    const uint64_t before_start = sys.now_ns();
    victim->start();
    const uint64_t started = sys.now_ns();
    sys.sleep_ns(50'000'000);
    const uint64_t before_stop = sys.now_ns();
    victim->stop();
    const uint64_t stopped = sys.now_ns();
    Values values;
    Json curves;
    victim->report({}, values, curves);
    constexpr uint64_t kMillisecond = 1'000'000;
    EXPECT_GE(values.at("victim.wakeup.count"), (before_stop - started) / kMillisecond);
    EXPECT_LE(values.at("victim.wakeup.count"), (stopped - before_start) / kMillisecond);
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
