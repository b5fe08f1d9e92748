// SPDX-License-Identifier: GPL-2.0
#include "session/kernel_log.h"

#include "sys/fake_sys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

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

TEST(KernelLog, every_kind_of_fault_is_found) {
    const std::vector<std::string> faults = {
        "------------[ cut here ]------------",
        "WARNING: CPU: 0 PID: 1 at kernel/softirq.c:362 __local_bh_enable_ip+0x77/0xa0",
        "WARNING: possible circular locking dependency detected",
        "BUG: unable to handle page fault for address: ffffc90000a3d000",
        "BUG: scheduling while atomic: kworker/0:1/12/0x00000101",
        "kernel BUG at drivers/net/veth.c:100!",
        "Oops: 0002 [#1] PREEMPT SMP NOPTI",
        "general protection fault, probably for non-canonical address 0xdead: 0000 [#1]",
        "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [kpktgend_1:99]",
        "Watchdog detected hard LOCKUP on cpu 0",
        "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
        "rcu: INFO: rcu_sched self-detected stall on CPU",
        "INFO: task ip:4242 blocked for more than 120 seconds.",
        "BUG: KASAN: slab-out-of-bounds in f+0x1/0x2",
        "UBSAN: array-index-out-of-bounds in x.c:1:2",
        "unregister_netdevice: waiting for rxdut0 to become free. Usage count = 2",
        "refcount_t: underflow; use-after-free.",
        "Kernel panic - not syncing: Fatal exception in interrupt",
    };
    EXPECT_THAT(find_splats(faults), SizeIs(faults.size()));
}

TEST(KernelLog, ordinary_lines_are_no_faults) {
    EXPECT_THAT(
        find_splats({"pktgen: Packet Generator for packet performance testing. Version: 2.75",
                     "IPv6: ADDRCONF(NETDEV_CHANGE): veth0: link becomes ready",
                     "warning: `x' uses 32-bit capabilities (legacy support in use)",
                     "rxgen0: Caught tx_queue_len zero misconfig",
                     "printk: console [ttyS0] enabled", "debug: ignoring loglevel setting."}),
        IsEmpty());
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
