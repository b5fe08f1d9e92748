// SPDX-License-Identifier: GPL-2.0
#include "target/console.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Console, a_quiet_console_has_no_fault_and_no_splat) {
    EXPECT_EQ(fault_in("[    0.8] acpi PNP0A03:00: fail to add MMCONFIG\r\n"), "");
    EXPECT_TRUE(splats_in("[    0.8] acpi PNP0A03:00: fail to add MMCONFIG\r\n").empty());
}

TEST(Console, a_panic_is_named_with_its_reason) {
    EXPECT_EQ(fault_in("[   12.5] sysrq: Trigger a crash\r\n[   12.6] Kernel panic - not syncing: "
                       "sysrq triggered crash\r\n"),
              "kernel panic: Kernel panic - not syncing: sysrq triggered crash");
}

TEST(Console, a_lockup_or_oops_is_named_before_the_panic_it_ends_in) {
    EXPECT_EQ(fault_in("[ 9.1] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [x:1]\n[ 9.2] "
                       "Kernel panic - not syncing: softlockup: hung tasks\n"),
              "soft lockup: watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [x:1]");
    EXPECT_EQ(fault_in("[ 9.1] BUG: unable to handle page fault for address: 0\n[ 9.2] Kernel "
                       "panic - not syncing: Fatal exception\n"),
              "oops: BUG: unable to handle page fault for address: 0");
}

TEST(Console, a_warning_is_a_splat_but_no_fault) {
    const std::string log =
        "[ 1.0] ------------[ cut here ]------------\n[ 1.0] WARNING: CPU: 0 PID: 1 at "
        "net/core/dev.c:1\n";
    EXPECT_EQ(fault_in(log), "");
    EXPECT_EQ(splats_in(log).size(), 2u);
}

TEST(Console, tail_keeps_the_last_lines) {
    EXPECT_EQ(tail("a\r\n\r\nb\nc\n", 2), "\n    | b\n    | c");
}

TEST(Console, what_a_guest_writes_is_shown_as_text) {
    const std::string log = "[ 1.0] WARNING: \xff\xfe\x1b]0;owned\x07 bad\n";
    EXPECT_EQ(splats_in(log).at(0), "WARNING: \\xff\\xfe\\x1b]0;owned\\x07 bad");
    EXPECT_EQ(shown_console("a\r\n\x1b[2Jb"), "a\n\\x1b[2Jb");
    EXPECT_EQ(tail("\x1b[2J\n", 1), "\n    | \\x1b[2J");
    EXPECT_EQ(fault_in("Kernel panic - not syncing: \x1b[2J"),
              "kernel panic: Kernel panic - not syncing: \\x1b[2J");
}

TEST(Console, floods_are_cut_and_counted) {
    std::string log;
    for (int i = 0; i < 1000; i++) log += "WARNING: again\n";
    EXPECT_EQ(splats_in(log).size(), 101u);
    EXPECT_EQ(splats_in(log).back(), "and 900 more");
    EXPECT_LT(tail(std::string(1'000'000, 'x')).size(), 1100u);
}

}  // namespace
}  // namespace rxlab
