// SPDX-License-Identifier: GPL-2.0
#include "collect/folded.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

/// Functions of 16 bytes each.
SampleWords words() {
    static const std::map<uint64_t, std::string> functions = {
        {0x10, "veth_poll"}, {0x20, "net_rx_action"}, {0x30, "kthread"},
        {0x40, "do_idle"},   {0x50, "default_idle"},  {0x60, "odd;name"}};
    return {[](const Sample& sample) { return sample.thread ? "a;b" : "swapper"; },
            [](uint64_t address) {
                const auto found = functions.find(address & ~uint64_t{15});
                return found == functions.end() ? "[unknown]" : found->second;
            }};
}

TEST(TaskPlaces, tell_where_a_task_was_and_when_it_read_a_socket) {
    TaskPlaces places;
    add_places({{"app;entry;udp_recvmsg;copy", 3}, {"app;entry", 2}, {"swapper;irq", 1}}, 4,
               places);
    add_places({{"app;entry", 1}}, 5, places);
    EXPECT_EQ(place_rows(places), Json::parse(R"([
        {"task": "app", "cpu": 4, "samples": 5, "reading": 3},
        {"task": "app", "cpu": 5, "samples": 1, "reading": 0},
        {"task": "swapper", "cpu": 4, "samples": 1, "reading": 0}])"));
}

}  // namespace

TEST(Fold, equal_stacks_add_up_outermost_first) {
    const Sample sample{7, 7, {0x10, 0x24, 0x38}};
    EXPECT_EQ(
        fold({sample, {7, 7, {0x24, 0x38}}, sample}, words()),
        (Folded{{"a:b;kthread;net_rx_action;veth_poll", 2}, {"a:b;kthread;net_rx_action", 1}}));
}

TEST(Fold, a_caller_is_where_it_called_from_not_where_it_goes_on) {
    EXPECT_EQ(fold({{7, 7, {0x10, 0x30}}}, words()), (Folded{{"a:b;net_rx_action;veth_poll", 1}}));
}

TEST(Fold, an_idle_cpu_is_left_out_and_an_interrupt_of_it_is_not) {
    EXPECT_EQ(fold({{0, 0, {0x50, 0x48}}, {0, 0, {0x24, 0x58, 0x48}}}, words()),
              (Folded{{"swapper;do_idle;default_idle;net_rx_action", 1}}));
}

TEST(Fold, odd_names_stay_apart_and_a_sample_without_a_stack_is_none) {
    EXPECT_EQ(fold({{7, 7, {0x99, 0x68}}, {7, 7, {}}}, words()),
              (Folded{{"a:b;odd:name;[unknown]", 1}}));
    EXPECT_TRUE(fold({}, words()).empty());
}

}  // namespace rxlab
