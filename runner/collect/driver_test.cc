// SPDX-License-Identifier: GPL-2.0
#include "collect/test_seen.h"
#include "sys/ethtool.h"
#include "sys/fake_ethtool.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Driver, tells_the_counters_that_moved) {
    FakeSys sys;
    Statistics counters{{"rx_no_buffer_count", 3}, {"alloc_failed", 1}};
    sys.on_ioctl = [&](const std::string&, unsigned long, void* argument) {
        answer_ethtool(counters, argument);
    };
    const Seen driver = seen(sys, "driver", [&] { counters[0].second = 10; });
    EXPECT_EQ(driver.values, (Values{{"driver.rx_no_buffer_count", 7}}));
}

}  // namespace
}  // namespace rxlab
