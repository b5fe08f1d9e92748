// SPDX-License-Identifier: GPL-2.0
#include "collect/test_seen.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Link, tells_what_the_standard_statistics_grew_by) {
    FakeSys sys;
    const std::string folder = "/sys/class/net/eth0/statistics/";
    sys.files[folder + "rx_missed_errors"] = "5\n";
    sys.files[folder + "rx_dropped"] = "1\n";
    const Seen link = seen(sys, "link", [&] { sys.files[folder + "rx_missed_errors"] = "12\n"; });
    EXPECT_EQ(link.values, (Values{{"link.rx_missed_errors", 7}, {"link.rx_dropped", 0}}));
}

}  // namespace
}  // namespace rxlab
