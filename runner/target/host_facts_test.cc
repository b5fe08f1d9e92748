// SPDX-License-Identifier: GPL-2.0
#include "target/host_facts.h"

#include <gtest/gtest.h>

#include "sys/fake_sys.h"

namespace rxlab {
namespace {

TEST(HostFacts, what_can_be_read_is_there_and_the_rest_is_null) {
    FakeSys sys;
    sys.files["/proc/cpuinfo"] = "processor\t: 0\nmodel name\t: Some CPU\nflags\t: x\n";
    sys.files["/sys/devices/system/cpu/smt/active"] = "1\n";
    const Json facts = host_facts(sys);
    EXPECT_EQ(facts["cpu_model"], "Some CPU");
    EXPECT_EQ(facts["smt_active"], "1");
    EXPECT_TRUE(facts["governor"].is_null());
}

}  // namespace
}  // namespace rxlab
