// SPDX-License-Identifier: GPL-2.0
#include "change/difference.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <random>

namespace rxlab {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Differences between(const Stacks& before, const Stacks& after, double packets = 1) {
    return differences_of({before, packets}, {after, packets});
}

double sum_of(const Differences& found) {
    double sum = 0;
    for (const FunctionDifference& one : found.functions) sum += one.difference();
    return sum;
}

std::vector<std::string> names_of(const Differences& found) {
    std::vector<std::string> names;
    for (const FunctionDifference& one : found.functions) names.push_back(one.function);
    return names;
}

TEST(Difference, is_per_packet_on_either_side) {
    const Stacks before{{"a;b", 700}}, after{{"a;b", 900}};
    const Differences found = differences_of({before, 100}, {after, 100});
    ASSERT_THAT(found.functions, SizeIs(1));
    EXPECT_DOUBLE_EQ(found.functions[0].before, 7);
    EXPECT_DOUBLE_EQ(found.functions[0].after, 9);
    EXPECT_DOUBLE_EQ(found.all.difference(), 2);
}

TEST(Difference, puts_the_function_that_differs_most_first) {
    const Differences found =
        between({{"a", 10}, {"a;b", 10}, {"a;c", 10}}, {{"a", 11}, {"a;b", 0}, {"a;c", 15}});
    EXPECT_THAT(names_of(found), ElementsAre("b", "c", "a"));
}

TEST(Difference, of_equal_stacks_is_nothing) {
    const Stacks same{{"a;b", 10}, {"a;c", 3}};
    EXPECT_THAT(between(same, same).functions, IsEmpty());
    EXPECT_THAT(between(same, same).moved, IsEmpty());
}

TEST(Difference, a_function_that_becomes_part_of_its_caller_has_moved) {
    const Differences found =
        between({{"worker", 200}, {"worker;xmit", 800}, {"worker;xmit;alloc", 50}},
                {{"worker", 1003}, {"worker;alloc", 50}});
    ASSERT_THAT(found.moved, SizeIs(1));
    EXPECT_EQ(found.moved[0].from, "xmit");
    EXPECT_EQ(found.moved[0].to, "worker");
    EXPECT_EQ(found.moved[0].how, Moved::How::into_caller);
    EXPECT_DOUBLE_EQ(found.moved[0].amount, 800);
    ASSERT_THAT(found.functions, SizeIs(1));
    EXPECT_EQ(found.functions[0].function, "worker");
    EXPECT_DOUBLE_EQ(found.functions[0].difference(), 3);
    EXPECT_DOUBLE_EQ(found.functions[0].after, 1003);
}

TEST(Difference, a_function_that_leaves_its_caller_has_moved) {
    const Differences found = between({{"worker", 1000}}, {{"worker", 190}, {"worker;xmit", 812}});
    ASSERT_THAT(found.moved, SizeIs(1));
    EXPECT_EQ(found.moved[0].how, Moved::How::out_of_caller);
    EXPECT_DOUBLE_EQ(found.moved[0].amount, 810);
    EXPECT_THAT(names_of(found), ElementsAre("xmit"));
    EXPECT_DOUBLE_EQ(sum_of(found), 2);
}

TEST(Difference, a_new_function_is_a_change_where_its_caller_has_not_become_shorter) {
    const Differences found =
        between({{"icmp;getpeer", 40}}, {{"icmp;getpeer", 38}, {"icmp;getpeer;siphash", 135}});
    EXPECT_THAT(found.moved, IsEmpty());
    EXPECT_THAT(names_of(found), ElementsAre("siphash", "getpeer"));
    EXPECT_DOUBLE_EQ(sum_of(found), 133);
}

TEST(Difference, a_function_with_another_name_has_moved) {
    const Differences found = between({{"pool;alloc_netmem", 13}, {"pool;free", 13}},
                                      {{"pool;alloc_netmems", 14}, {"pool;free", 13}});
    ASSERT_THAT(found.moved, SizeIs(1));
    EXPECT_EQ(found.moved[0].how, Moved::How::renamed);
    EXPECT_EQ(found.moved[0].to, "alloc_netmems");
    EXPECT_DOUBLE_EQ(sum_of(found), 1);
}

TEST(Difference, functions_of_other_callers_or_of_another_length_are_not_renamed) {
    EXPECT_THAT(between({{"a;old", 13}}, {{"b;new", 13}}).moved, IsEmpty());
    EXPECT_THAT(between({{"a;old", 13}}, {{"a;new", 20}}).moved, IsEmpty());
}

TEST(Difference, a_clone_of_the_compiler_is_the_same_function) {
    EXPECT_EQ(plain_name("tcp_v4_rcv.isra.0"), "tcp_v4_rcv");
    EXPECT_EQ(plain_name("poll.constprop.0.isra.0 [e1000e]"), "poll [e1000e]");
    EXPECT_EQ(plain_name("ip_rcv"), "ip_rcv");
    EXPECT_THAT(between({{"a;b.isra.0", 10}}, {{"a;b.constprop.1", 10}}).functions, IsEmpty());
}

TEST(Difference, one_function_of_two_shares_has_a_row_in_each) {
    const Differences found = between({{"pktgen_xmit [pktgen];kmalloc", 10}, {"irq;kmalloc", 10}},
                                      {{"pktgen_xmit [pktgen];kmalloc", 12}, {"irq;kmalloc", 15}});
    ASSERT_THAT(found.functions, SizeIs(2));
    EXPECT_EQ(found.functions[0].share, Share::path);
    EXPECT_EQ(found.functions[1].share, Share::generator);
    EXPECT_DOUBLE_EQ(found.shares.at(Share::path).difference(), 5);
    EXPECT_DOUBLE_EQ(found.shares.at(Share::generator).difference(), 2);
}

/// Random trees of calls, half of whose functions the other side has not.
Stacks random_stacks(std::mt19937& random) {
    Stacks stacks;
    for (int i = 0; i < 60; i++) {
        std::string stack;
        const uint32_t depth = random() % 5 + 1;
        for (uint32_t level = 0; level < depth; level++)
            stack += (level ? ";f" : "f") + std::to_string(random() % 12);
        stacks[stack] += random() % 1000;
    }
    return stacks;
}

TEST(Difference, of_functions_and_of_shares_sum_to_the_whole_whatever_the_stacks) {
    for (uint32_t seed = 0; seed < 200; seed++) {
        std::mt19937 random(seed);
        const Stacks before = random_stacks(random), after = random_stacks(random);
        const Differences found = differences_of({before, 7}, {after, 11});
        EXPECT_THAT(sum_of(found), DoubleNear(found.all.difference(), 1e-6)) << seed;
        double shares = 0;
        for (const auto& [share, total] : found.shares) shares += total.difference();
        EXPECT_THAT(shares, DoubleNear(found.all.difference(), 1e-6)) << seed;
        for (const Moved& one : found.moved) EXPECT_GT(one.amount, 0) << seed;
    }
}

}  // namespace
}  // namespace rxlab
