// SPDX-License-Identifier: GPL-2.0
#include "session/kernel_log.h"

#include "sys/fake_sys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const char kRecords[] =
    "6,339,5140900,-;veth: driver loaded\n"
    " SUBSYSTEM=net\n"
    " DEVICE=+net:veth0\n"
    "12,340,5140901,-;BUG: said by user space\n"
    "4,341,5140902,-;WARNING: CPU: 0 PID: 7 at net/core/dev.c:1234 f+0x1/0x2\n";

TEST(KernelLog, only_the_kernel_s_own_messages_after_the_mark_count) {
    EXPECT_THAT(kernel_messages(kRecords, 338),
                ElementsAre("veth: driver loaded",
                            "WARNING: CPU: 0 PID: 7 at net/core/dev.c:1234 f+0x1/0x2"));
    EXPECT_THAT(kernel_messages(kRecords, 341), IsEmpty());
    EXPECT_EQ(last_sequence(kRecords), 341u);
    EXPECT_EQ(last_sequence(""), 0u);
}

TEST(KernelLog, faults_are_picked_out) {
    EXPECT_THAT(find_splats({"veth: driver loaded", "BUG: scheduling while atomic: x/1/0x1"}),
                ElementsAre("BUG: scheduling while atomic: x/1/0x1"));
}

TEST(KernelLog, a_log_that_cannot_be_read_is_told) {
    FakeSys sys;
    const KernelLog log(sys);
    EXPECT_FALSE(log.readable());
    EXPECT_THAT(log.splats(), IsEmpty());
}

TEST(KernelLog, what_was_there_before_is_not_ours) {
    FakeSys sys;
    sys.files["/dev/kmsg"] = kRecords;
    const KernelLog log(sys);
    EXPECT_THAT(log.splats(), IsEmpty());
    sys.files["/dev/kmsg"] += "2,342,5140903,-;Oops: 0000 [#1]\n";
    EXPECT_THAT(log.splats(), ElementsAre("Oops: 0000 [#1]"));
}

}  // namespace
}  // namespace rxlab
