// SPDX-License-Identifier: GPL-2.0
#include "collect/test_seen.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Cpus, tells_time_and_backlog_of_each) {
    FakeSys sys;
    sys.files["/proc/stat"] = "cpu0 10 0 0 0 0 0 0 0\ncpu1 0 0 0 0 0 0 0 0\n";
    sys.files["/proc/net/softnet_stat"] = "1 0 0 0 0 0 0 0 0 0 0\n2 0 0 0 0 0 0 0 0 0 0\n";
    const Seen cpus = seen(sys, "cpus", [&] {
        sys.files["/proc/stat"] = "cpu0 10 0 0 90 0 0 10 0\ncpu1 0 0 0 100 0 0 0 0\n";
        sys.files["/proc/net/softnet_stat"] = "1 0 0 0 0 0 0 0 0 0 0\nc 1 3 0 0 0 0 0 0 0 0\n";
    });
    EXPECT_EQ(cpus.rows("cpus.times")[0]["softirq_ms"], 100.0);
    EXPECT_EQ(cpus.rows("cpus.times")[0]["user_ms"], 0.0);
    EXPECT_EQ(cpus.rows("cpus.softnet")[1]["processed"], 10);
    EXPECT_EQ(cpus.rows("cpus.softnet")[1]["time_squeeze"], 3);
}

}  // namespace
}  // namespace rxlab
