// SPDX-License-Identifier: GPL-2.0
#include "attribution/share.h"

#include <gmock/gmock.h>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Share, of_the_generator_ends_where_a_driver_takes_the_frame) {
    EXPECT_EQ(share_of("kthread;pktgen_thread_worker [pktgen];kmalloc"), Share::generator);
    EXPECT_EQ(share_of("kthread;pktgen_thread_worker [pktgen];veth_xmit [veth];netif_rx"),
              Share::path);
    EXPECT_EQ(share_of("kthread;pktgen_thread_worker [pktgen];start_xmit;kmalloc"), Share::path);
    EXPECT_EQ(share_of("kthread;pktgen_thread_worker [pktgen];pktgen_xmit [pktgen]"),
              Share::generator);
}

TEST(Share, of_the_engine_is_what_its_module_does_and_no_other) {
    EXPECT_EQ(share_of("irq;vdma_tick [vdma];memcpy"), Share::engine);
    EXPECT_EQ(share_of("irq;vdma_tick [vdma];rxnic_irq [rxnic];__napi_schedule"), Share::path);
    EXPECT_EQ(share_of("pktgen_xmit [pktgen];rxnic_xmit [rxnic];vdma_issue_pending [vdma]"),
              Share::engine);
}

TEST(Share, of_the_generator_ends_where_bottom_halves_run) {
    EXPECT_EQ(share_of("pktgen_xmit [pktgen];__local_bh_enable_ip"), Share::generator);
    EXPECT_EQ(share_of("pktgen_xmit [pktgen];__local_bh_enable_ip;do_softirq;net_rx_action"),
              Share::path);
}

TEST(Share, of_the_path_is_what_interrupts_and_system_calls_do) {
    EXPECT_EQ(share_of("asm_common_interrupt;handle_irq"), Share::path);
    EXPECT_EQ(share_of("entry_SYSCALL_64;do_syscall_64;sys_read"), Share::path);
}

TEST(Share, of_nothing_to_do_and_of_programs_is_their_own) {
    EXPECT_EQ(share_of("cpu_startup_entry;do_idle;default_idle_call"), Share::idle);
    EXPECT_EQ(share_of("[user]"), Share::user);
}

TEST(Share, sums_the_stacks_of_each) {
    EXPECT_THAT(shares_of({{"a;b", 3}, {"a", 4}, {"do_idle", 5}}),
                ElementsAre(Pair(Share::path, 7), Pair(Share::idle, 5)));
}

}  // namespace
}  // namespace rxlab
