// SPDX-License-Identifier: GPL-2.0
#include "profile/settings.h"

#include "profile/test_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::Contains;
using testing::Not;

TEST(ProfileSettings, are_those_of_the_machine_the_interfaces_and_their_receive_queues) {
    const auto names = profile_settings(sound_curves());
    for (const char* name : {"sysctl:net.core.netdev_budget", "ethtool:eth0/ring/rx",
                             "sysfs:/sys/class/net/eth0/threaded", "rps:eth0/rx-1"})
        EXPECT_THAT(names, Contains(name));
    EXPECT_THAT(names, Not(Contains("rps:eth0/tx-0")));
}

TEST(ProfileSettings, without_a_placement_are_the_machine_s) {
    for (const std::string& name : profile_settings(Json::object()))
        EXPECT_TRUE(name.starts_with("sysctl:")) << name;
}

}  // namespace
}  // namespace rxlab
