// SPDX-License-Identifier: GPL-2.0
#include "base/splats.h"

#include <gtest/gtest.h>
#include <fstream>
#include <vector>

namespace rxlab {
namespace {

const std::vector<std::string> kLines = {
    "------------[ cut here ]------------",
    "WARNING: CPU: 0 PID: 1 at kernel/softirq.c:362 __local_bh_enable_ip+0x77/0xa0",
    "WARNING: possible circular locking dependency detected",
    "BUG: unable to handle page fault for address: ffffc90000a3d000",
    "BUG: scheduling while atomic: kworker/0:1/12/0x00000101",
    "BUG: sleeping function called from invalid context at mm/slab.h:1",
    "kernel BUG at drivers/net/veth.c:100!",
    "Oops: 0002 [#1] PREEMPT SMP NOPTI",
    "Internal error: Oops - BUG: 0 [#1] SMP",
    "Unable to handle kernel paging request at virtual address dead000000000122",
    "general protection fault, probably for non-canonical address 0xdead: 0000 [#1]",
    "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [kpktgend_1:99]",
    "Watchdog detected hard LOCKUP on cpu 0",
    "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
    "rcu: INFO: rcu_sched self-detected stall on CPU",
    "INFO: task ip:4242 blocked for more than 120 seconds.",
    "INFO: trying to register non-static key.",
    "BUG: KASAN: slab-out-of-bounds in f+0x1/0x2",
    "KASAN: null-ptr-deref in range [0x0000000000000000-0x0000000000000007]",
    "UBSAN: array-index-out-of-bounds in x.c:1:2",
    "UBSAN: shift-out-of-bounds in x.c:3:4",
    "BUG: KCSAN: data-race in a / b",
    "BUG: KCSAN: assert: race in a / b",
    "kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)",
    "kmemleak: Kernel memory leak detector disabled",
    "DMA-API: vdma vdma.0: device driver tries to free DMA memory it has not allocated",
    "DMA-API: cacheline tracking EEXIST, overlapping mappings aren't supported",
    "DMA-API: debugging out of memory - disabling",
    "ODEBUG: free active (active state 0) object: 00000000b1d2 object type: timer_list hint: f",
    "ODEBUG: Out of memory. ODEBUG disabled",
    "list_add corruption. next->prev should be prev (0000000000000001), but was 0000000000000002.",
    "list_del corruption, 0000000000000001->next is LIST_POISON1 (dead000000000100)",
    "WARNING: possible recursive locking detected",
    "WARNING: inconsistent lock state",
    "WARNING: suspicious RCU usage",
    "WARNING: bad unlock balance detected!",
    "WARNING: lock held when returning to user space!",
    "[ BUG: Invalid wait context ]",
    "BUG: MAX_LOCKDEP_ENTRIES too low!",
    "BUG: spinlock bad magic on CPU#0, insmod/1",
    "BUG: using smp_processor_id() in preemptible [00000000] code: insmod/1",
    "BUG kmalloc-64 (Not tainted): Right Redzone overwritten",
    "BUG kmalloc-64 (Tainted: G           O      ): Poison overwritten",
    "BUG kmalloc-64 (Not tainted): Object already free",
    "BUG x (Not tainted): Objects remaining in x on __kmem_cache_shutdown()",
    "page_pool_release_retry() stalled pool shutdown: id 3, 1 inflight 60 sec",
    "ref_tracker: rxnic0@00000000b1d2 has 1/1 users at",
    "rxnic0: NETDEV WATCHDOG: CPU: 0: transmit queue 0 timed out 5000 ms",
    "unregister_netdevice: waiting for rxdut0 to become free. Usage count = 2",
    "refcount_t: underflow; use-after-free.",
    "Out of memory: Killed process 7 (stress)",
    "Out of memory and no killable processes...",
    "Kernel panic - not syncing: Fatal exception in interrupt",
    "Call Trace:",
};

TEST(Splats, every_kind_of_fault_is_found) {
    for (const std::string& line : kLines) EXPECT_TRUE(is_splat(line)) << line;
}

TEST(Splats, ordinary_lines_are_no_faults) {
    for (const char* line :
         {"pktgen: Packet Generator for packet performance testing. Version: 2.75",
          "IPv6: ADDRCONF(NETDEV_CHANGE): veth0: link becomes ready",
          "warning: `x' uses 32-bit capabilities (legacy support in use)",
          "rxgen0: Caught tx_queue_len zero misconfig", "printk: console [ttyS0] enabled",
          "debug: ignoring loglevel setting.",
          "kmemleak: Kernel memory leak detector initialized (mem pool available: 15679)",
          "kcsan: enabled early", "FAULT_INJECTION: forcing a failure.",
          "dmatest: dma0chan0-copy0: summary 50 tests, 0 failures 1.00 iops 2 KB/s (0)"})
        EXPECT_FALSE(is_splat(line)) << line;
}

/// The lines between these two in vm/guest-checks.sh.
std::vector<std::string> shell_list() {
    std::ifstream script(std::string(RXLAB_SOURCE) + "/vm/guest-checks.sh");
    std::vector<std::string> texts;
    bool within = false;
    for (std::string line; std::getline(script, line);) {
        if (line == "END_OF_SPLATS") within = false;
        if (within) texts.push_back(line);
        if (line.ends_with("<<'END_OF_SPLATS'")) within = true;
    }
    return texts;
}

TEST(Splats, tests_in_guests_look_for_the_same) {
    std::vector<std::string> texts;
    for (size_t i = 0; i < kSplatCount; i++) texts.emplace_back(kSplats[i].text);
    EXPECT_EQ(shell_list(), texts) << "copy the texts of base/splats.cc to vm/guest-checks.sh";
}

}  // namespace
}  // namespace rxlab
