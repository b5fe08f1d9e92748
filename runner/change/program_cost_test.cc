// SPDX-License-Identifier: GPL-2.0
#include "change/program_cost.h"

#include "experiment/test_schema.h"

#include <gmock/gmock.h>
#include <random>

namespace rxlab {
namespace {

Executed run_of(uint64_t write, uint64_t user, uint64_t writes = 1) {
    return {{{"entry_SYSCALL_64;__x64_sys_write", write},
             {"entry_SYSCALL_64", 10},
             {"do_idle", 1000},
             {"[user]", user}},
            {},
            {{"__x64_sys_write", writes}}};
}

const CauseCost& find(const ProgramCost& cost, Origin origin) {
    return *std::find_if(cost.causes.begin(), cost.causes.end(),
                         [&](const CauseCost& one) { return one.cause.origin == origin; });
}

TEST(ProgramCost, of_equal_rounds_is_told_to_repeat) {
    const ProgramCost cost = program_cost({run_of(50, 7, 5), run_of(50, 7, 5)});
    EXPECT_TRUE(cost.repeats());
    EXPECT_EQ(cost.kernel.mean, 60) << "without idling";
    EXPECT_EQ(cost.user.mean, 7);
    EXPECT_EQ(find(cost, Origin::system_call).per_call(), 10);
}

TEST(ProgramCost, of_rounds_that_differ_has_the_least_and_the_most) {
    const ProgramCost cost = program_cost({run_of(50, 7), run_of(54, 7)});
    EXPECT_FALSE(cost.repeats());
    const Figure& write = find(cost, Origin::system_call).instructions;
    EXPECT_EQ(write.mean, 52);
    EXPECT_EQ(write.low, 50);
    EXPECT_EQ(write.high, 54);
}

TEST(ProgramCost, counts_a_round_without_the_system_call_as_none) {
    const ProgramCost cost = program_cost({run_of(50, 7), Executed{{{"[user]", 7}}, {}, {}}});
    EXPECT_EQ(find(cost, Origin::system_call).calls.mean, 0.5);
    EXPECT_EQ(find(cost, Origin::system_call).instructions.low, 0);
}

TEST(ProgramChange, has_what_differs_and_nothing_else) {
    const ProgramChange change =
        program_change({run_of(50, 7), run_of(54, 7)}, {run_of(53, 7), run_of(57, 7)});
    ASSERT_EQ(change.causes.size(), 1u);
    EXPECT_EQ(change.causes[0].cause, (Cause{Origin::system_call, "write"}));
    EXPECT_EQ(change.causes[0].difference.mean, 3);
    EXPECT_TRUE(change.kernel.same()) << "each round has three more, however they differ";
    EXPECT_EQ(change.user.mean, 0);
}

TEST(ProgramCost, and_what_it_changed_satisfy_their_schemas) {
    expect_schema(to_json(program_cost({run_of(50, 7)})), "syscalls", "cost");
    const Json change = to_json(program_change({run_of(50, 7)}, {run_of(53, 7)}));
    expect_schema(change, "syscalls", "change");
    ASSERT_FALSE(change.at("functions").empty());
    for (const Json& one : change.at("functions")) expect_schema(one, "diff", "function");
}

TEST(ProgramChange, has_a_system_call_that_is_new) {
    const ProgramChange change =
        program_change({Executed{{{"[user]", 7}}, {}, {}}}, {run_of(50, 7)});
    ASSERT_EQ(change.causes.size(), 2u);
    EXPECT_EQ(change.causes[0].before.instructions.mean, 0);
    EXPECT_EQ(change.causes[0].difference.mean, 50);
}

TEST(ProgramChange, is_judged_where_all_rounds_agree) {
    const auto verdict = [](uint64_t one, uint64_t other) {
        return program_change({run_of(50, 7), run_of(50, 7)}, {run_of(one, 7), run_of(other, 7)})
            .verdict();
    };
    EXPECT_EQ(verdict(51, 52), Verdict::worse);
    EXPECT_EQ(verdict(49, 48), Verdict::better);
    EXPECT_EQ(verdict(50, 50), Verdict::same);
    EXPECT_EQ(verdict(49, 51), Verdict::inconclusive);
    EXPECT_EQ(verdict(50, 51), Verdict::inconclusive);
}

TEST(ProgramChange, names_the_functions_that_differ) {
    const ProgramChange change = program_change({run_of(50, 7)}, {run_of(53, 9)});
    ASSERT_EQ(change.functions.functions.size(), 2u);
    EXPECT_EQ(change.functions.functions[0].function, "__x64_sys_write");
    EXPECT_EQ(change.functions.functions[0].difference(), 3);
}

/// Whatever was executed: what causes differ by sums to what all differs by.
TEST(ProgramChange, sums_to_the_whole) {
    std::mt19937 random(7);
    const char* stacks[] = {"entry_SYSCALL_64",
                            "entry_SYSCALL_64;__x64_sys_write",
                            "__x64_sys_read;vfs_read",
                            "asm_exc_page_fault",
                            "kthread",
                            "[user]",
                            "do_idle"};
    const auto any = [&] {
        Executed executed;
        for (const char* stack : stacks)
            if (random() % 3) executed.stacks[stack] = random() % 1000;
        return executed;
    };
    for (int i = 0; i < 100; i++) {
        const std::vector<Executed> before{any(), any()}, after{any(), any()};
        const ProgramChange change = program_change(before, after);
        double sum = 0;
        for (const CauseChange& one : change.causes) sum += one.difference.mean;
        EXPECT_DOUBLE_EQ(sum, change.all.mean);
        EXPECT_DOUBLE_EQ(change.kernel.mean + change.user.mean, change.all.mean);
    }
}

}  // namespace
}  // namespace rxlab
