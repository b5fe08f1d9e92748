// SPDX-License-Identifier: GPL-2.0
#include "session/prepare.h"

#include "sys/fake_sys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Prepare, loads_only_modules_that_this_kernel_has_and_has_not_loaded) {
    FakeSys sys;
    sys.files["/proc/sys/kernel/osrelease"] = "6.12.0-fake\n";
    sys.files["/lib/modules/6.12.0-fake/modules.dep"] =
        "kernel/drivers/net/veth.ko.xz:\nkernel/net/core/pktgen.ko.xz:\nkernel/net/sched/cls_u32.ko:\nkernel/net/x/notdummy.ko:\n";
    sys.files["/sys/module/veth/refcnt"] = "0\n";
    EXPECT_THAT(modules_to_load(sys), ElementsAre("pktgen", "cls_u32"));
}

TEST(Prepare, a_kernel_without_modules_needs_none) {
    FakeSys sys;
    sys.files["/proc/sys/kernel/osrelease"] = "6.18.0\n";
    EXPECT_THAT(modules_to_load(sys), IsEmpty());
}

} // namespace
} // namespace rxlab
