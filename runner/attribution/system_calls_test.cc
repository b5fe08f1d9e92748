// SPDX-License-Identifier: GPL-2.0
#include "attribution/system_calls.h"

#include <gmock/gmock.h>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(CauseOf, tells_a_system_call_by_its_function_wherever_it_stands) {
    EXPECT_EQ(cause_of("entry_SYSCALL_64;do_syscall_64;__x64_sys_write;ksys_write"),
              (Cause{Origin::system_call, "write"}));
    EXPECT_EQ(cause_of("do_syscall_64;__x64_sys_read"), (Cause{Origin::system_call, "read"}));
}

TEST(CauseOf, tells_what_is_below_no_system_call_by_its_entry) {
    EXPECT_EQ(cause_of("entry_SYSCALL_64;do_syscall_64"), (Cause{Origin::entry, ""}));
    EXPECT_EQ(cause_of("asm_exc_page_fault;exc_page_fault"),
              (Cause{Origin::exception, "page_fault"}));
    EXPECT_EQ(cause_of("asm_sysvec_apic_timer_interrupt;irqentry_enter"),
              (Cause{Origin::interrupt, "apic_timer_interrupt"}));
    EXPECT_EQ(cause_of("asm_common_interrupt"), (Cause{Origin::interrupt, "common_interrupt"}));
    EXPECT_EQ(cause_of("ret_from_fork;kthread;worker_thread"), (Cause{Origin::task, ""}));
    EXPECT_EQ(cause_of("do_idle;schedule_idle"), (Cause{Origin::idle, ""}));
    EXPECT_EQ(cause_of("entry_SYSCALL_64;[user]"), (Cause{Origin::user, ""}));
}

TEST(CauseOf, a_function_that_is_called_like_an_interrupt_is_none) {
    EXPECT_EQ(cause_of("entry_SYSCALL_64;do_syscall_64;__x64_sys_execve;asm_load_gs_index"),
              (Cause{Origin::system_call, "execve"}));
    EXPECT_EQ(cause_of("asm_load_gs_index").origin, Origin::task);
}

TEST(CauseWords, are_the_name_of_a_system_call_and_of_nothing_else) {
    EXPECT_EQ(cause_words({Origin::system_call, "write"}), "write");
    EXPECT_EQ(cause_words({Origin::exception, "page_fault"}), "(exception page_fault)");
    EXPECT_EQ(cause_words({Origin::user, ""}), "(the program itself)");
}

TEST(SystemCallEntries, are_the_functions_of_64_bit_system_calls) {
    EXPECT_THAT(system_call_entries("ffffffff81000000 T _stext\nffffffff81000100 T "
                                    "__x64_sys_read\nffffffff81000140 T __ia32_sys_read\n"
                                    "ffffffff81000200 t __x64_sys_write\n"),
                ElementsAre(0xffffffff81000100, 0xffffffff81000200));
}

TEST(SpentByCause, sums_to_all_that_was_executed_and_counts_entries) {
    const Executed executed{{{"entry_SYSCALL_64;do_syscall_64", 30},
                             {"entry_SYSCALL_64;do_syscall_64;__x64_sys_write", 5},
                             {"entry_SYSCALL_64;do_syscall_64;__x64_sys_write;ksys_write", 40},
                             {"entry_SYSCALL_64;do_syscall_64;__x64_sys_getpid", 4},
                             {"asm_exc_page_fault", 9},
                             {"[user]", 100}},
                            {},
                            {{"__x64_sys_write", 2},
                             {"__x64_sys_getpid", 4},
                             {"asm_exc_page_fault", 1},
                             {"ksys_write", 2}}};
    const auto spent = spent_by_cause(executed);
    const Spent& write = spent.at({Origin::system_call, "write"});
    EXPECT_EQ(write.calls, 2u);
    EXPECT_EQ(write.instructions, 45u);
    EXPECT_THAT(write.functions, ElementsAre(Pair("__x64_sys_write", 5), Pair("ksys_write", 40)));
    EXPECT_EQ(spent.at({Origin::entry, ""}).calls, 6u) << "of every system call";
    EXPECT_EQ(spent.at({Origin::exception, "page_fault"}).calls, 1u);
    EXPECT_EQ(spent.at({Origin::user, ""}).calls, 0u);
    uint64_t sum = 0;
    for (const auto& [cause, one] : spent) sum += one.instructions;
    EXPECT_EQ(sum, total(executed.stacks));
}

}  // namespace
}  // namespace rxlab
