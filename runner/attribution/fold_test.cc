// SPDX-License-Identifier: GPL-2.0
#include "attribution/fold.h"

#include "base/error.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

const char kSymbols[] =
    "ffffffff81000000 T _stext\nffffffff81000100 T caller\nffffffff81000200 t "
    "callee\nffffffff81000300 T asm_sysvec_timer\nffffffff81000400 T sysvec_timer\n"
    "ffffffff81000480 D data\nffffffffc0000000 t rxnic_poll\t[rxnic]\nffffffffc0001000 t "
    "bpf_prog_0123456789abcdef_xdp_drop\t[bpf]\n";

TEST(Fold, names_functions_by_the_blocks_that_ran_in_them) {
    const Stacks stacks =
        fold(
            "node 0 0 0\nself 0 ffffffff81000110 7 1\nself 0 ffffffff81000150 3 1\nnode 1 0 "
            "ffffffff81000120\nself 1 ffffffff81000210 5 1\nself 1 ffffffffc0000008 2 1\n"
            "node 2 1 ffffffffc0000010\nself 2 ffffffffc0001004 9 1\nself 2 401000 1 1\nend\n",
            kSymbols)
            .stacks;
    const Stacks expected = {{"caller", 10},
                             {"caller;callee", 5},
                             {"caller;rxnic_poll [rxnic]", 2},
                             {"caller;rxnic_poll [rxnic];xdp_drop [bpf]", 9},
                             {"caller;rxnic_poll [rxnic];[user]", 1}};
    EXPECT_EQ(stacks, expected);
    EXPECT_EQ(total(stacks), 27u);
}

TEST(Fold, an_interrupt_begins_a_stack_of_its_own) {
    const Stacks stacks =
        fold(
            "node 0 0 0\nnode 1 0 ffffffff81000120\nself 1 ffffffff81000300 4 1\nnode 2 1 "
            "ffffffff81000310\nself 2 ffffffff81000400 6 1\nend\n",
            kSymbols)
            .stacks;
    EXPECT_EQ(stacks, (Stacks{{"asm_sysvec_timer", 4}, {"asm_sysvec_timer;sysvec_timer", 6}}));
}

TEST(Fold, a_function_is_entered_where_its_first_instruction_is) {
    const auto calls =
        fold(
            "node 0 0 0\nself 0 ffffffff81000110 7 3\nself 0 401000 1 9\nnode 1 0 "
            "ffffffff81000120\nself 1 ffffffff81000200 5 4\nself 1 ffffffff81000210 5 8\n"
            "node 2 1 ffffffff81000220\nself 2 ffffffff81000200 5 1\nend\n",
            kSymbols)
            .calls;
    EXPECT_EQ(calls, (std::map<std::string, uint64_t>{{"callee", 5}}));
}

/// "caller" jumps to "callee", which jumps on and is named: it stands on the stack, once.
TEST(Fold, a_named_function_stands_on_the_stack_whatever_it_jumps_to) {
    const Stacks stacks =
        fold(
            "node 0 0 0\nself 0 ffffffff81000110 7 1\nentry 1 0 ffffffff81000200\n"
            "self 1 ffffffff81000200 5 1\nself 1 ffffffffc0000008 2 1\nnode 2 1 "
            "ffffffff81000210\nself 2 ffffffff81000400 6 1\nnode 3 1 ffffffffc0000010\n"
            "self 3 ffffffff81000400 9 1\nend\n",
            kSymbols)
            .stacks;
    const Stacks expected = {{"caller", 7},
                             {"callee", 5},
                             {"callee;rxnic_poll [rxnic]", 2},
                             {"callee;sysvec_timer", 6},
                             {"callee;rxnic_poll [rxnic];sysvec_timer", 9}};
    EXPECT_EQ(stacks, expected);
}

TEST(Fold, accesses_are_summed_by_function_and_device_whoever_called_it) {
    const auto accesses =
        fold(
            "node 0 0 0\nio 0 ffffffffc0000010 3 0 e1000e-mmio\nio 0 ffffffffc0000018 0 5 "
            "e1000e-mmio\nio 0 ffffffff81000110 0 1 port\nnode 1 0 ffffffff81000120\nio 1 "
            "ffffffffc0000010 2 1 e1000e-mmio\nio 1 ffffffffc0000010 1 0 a name with blanks\nend\n",
            kSymbols)
            .accesses;
    ASSERT_EQ(accesses.size(), 3u);
    const Accesses driver = accesses.at({"rxnic_poll [rxnic]", "e1000e-mmio"});
    EXPECT_EQ(driver.loads, 5u);
    EXPECT_EQ(driver.stores, 6u);
    EXPECT_EQ(accesses.at({"rxnic_poll [rxnic]", "a name with blanks"}).loads, 1u);
    EXPECT_EQ(accesses.at({"caller", "port"}).stores, 1u);
    EXPECT_EQ(total(accesses, false).loads, 6u);
    EXPECT_EQ(total(accesses, false).stores, 6u);
    EXPECT_EQ(total(accesses, true).stores, 1u);
}

TEST(Fold, refuses_an_access_of_no_node_or_to_no_device) {
    EXPECT_THROW(fold("node 0 0 0\nio 1 ffffffffc0000010 3 0 x\nend\n", kSymbols), Error);
    EXPECT_THROW(fold("node 0 0 0\nio 0 ffffffffc0000010 3 0 \nend\n", kSymbols), Error);
    EXPECT_THROW(fold("node 0 0 0\nio 0 ffffffffc0000010 3\nend\n", kSymbols), Error);
}

TEST(Fold, refuses_what_is_not_whole) {
    EXPECT_THROW(fold("node 0 0 0\n", kSymbols), Error);
    EXPECT_THROW(fold("node 0 0 0\nself 1 0 0 1\nend\n", kSymbols), Error);
    EXPECT_THROW(fold("node 1 0 0\nend\n", kSymbols), Error);
    EXPECT_THROW(fold("node 0 0 0\nnode 1 1 ffffffff81000120\nend\n", kSymbols), Error)
        << "a node that is its own caller";
    try {
        fold("\x1b[2J\xff", kSymbols);
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "QEMU's plugin wrote '\\x1b[2J\\xff'");
    }
    EXPECT_THROW(fold("node 0 0 0\nend\n", "0000000000000000 T hidden\n"), Error);
}

TEST(Fold, refuses_a_node_before_its_parent) {
    EXPECT_THROW(fold("node 0 0 0\nnode 1 1 ffffffff81000120\nend\n", kSymbols), Error);
    EXPECT_THROW(fold("node 0 0 0\nnode 1 2 ffffffff81000120\nend\n", kSymbols), Error);
}

}  // namespace
}  // namespace rxlab
