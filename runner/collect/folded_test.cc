// SPDX-License-Identifier: GPL-2.0
#include "collect/folded.h"

#include <gtest/gtest.h>

using namespace rxlab;

TEST(Fold, equal_stacks_add_up_outermost_first) {
    const std::string sample =
        "kpktgend_0 \n\tffffffff81a00010 veth_poll\n\tffffffff81a00020 "
        "net_rx_action\n\tffffffff81a00030 kthread\n\n";
    const Folded folded =
        fold(sample + "ksoftirqd/0 \n\tffffffff81a00020 net_rx_action\n\n" + sample);
    EXPECT_EQ(folded, (Folded{{"kpktgend_0;kthread;net_rx_action;veth_poll", 2},
                              {"ksoftirqd/0;net_rx_action", 1}}));
}

TEST(Fold, the_last_sample_needs_no_empty_line) {
    EXPECT_EQ(fold("a\n\t1 f\n"), (Folded{{"a;f", 1}}));
}

TEST(Fold, an_idle_cpu_is_left_out_and_an_interrupt_of_it_is_not) {
    const std::string idle = "\t1 pv_native_safe_halt\n\t2 default_idle\n\t3 do_idle\n\n";
    EXPECT_EQ(fold("swapper\n" + idle + "swapper\n\t4 net_rx_action\n" + idle),
              (Folded{{"swapper;do_idle;default_idle;pv_native_safe_halt;net_rx_action", 1}}));
}

TEST(Fold, odd_names_stay_apart) {
    EXPECT_EQ(fold("a;b c \n\t1 [unknown]\n\t2\n\n"), (Folded{{"a:b c;[unknown];[unknown]", 1}}));
    EXPECT_TRUE(fold("").empty());
    EXPECT_TRUE(fold("alone\n\n").empty());
}
