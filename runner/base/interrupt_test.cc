// SPDX-License-Identifier: GPL-2.0
#include "base/interrupt.h"

#include "base/error.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <csignal>

namespace rxlab {
namespace {

TEST(TimeBox, interrupts_work_once_it_is_over) {
    const TimeBox box(0);
    EXPECT_TRUE(box.over());
    EXPECT_TRUE(interrupted());
    try {
        throw_if_interrupted();
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::interrupted);
        EXPECT_STREQ(error.what(), "its time is over");
    }
}

TEST(TimeBox, interrupts_nothing_before_nor_after) {
    {
        const TimeBox box(3600);
        EXPECT_FALSE(box.over());
        EXPECT_NO_THROW(throw_if_interrupted());
    }
    { const TimeBox box(0); }
    EXPECT_FALSE(interrupted());
}

void raise_and_end(int number, int times) {
    install_interrupt_handlers();
    for (int i = 0; i < times; i++) std::raise(number);
    ::_exit(interrupted() ? 0 : 1);
}

/// As from a terminal, also where the tests themselves run under nohup.
void raise_and_end_heard(int number, int times) {
    std::signal(SIGHUP, SIG_DFL);
    raise_and_end(number, times);
}

TEST(Interrupt, whatever_asks_a_program_to_end_is_heard) {
    for (const int number : {SIGINT, SIGTERM, SIGQUIT, SIGHUP})
        EXPECT_EXIT(raise_and_end_heard(number, 1), ::testing::ExitedWithCode(0), "") << number;
}

TEST(Interrupt, a_second_one_ends_it_but_for_a_hang_up) {
    EXPECT_EXIT(raise_and_end_heard(SIGTERM, 2), ::testing::KilledBySignal(SIGTERM), "");
    EXPECT_EXIT(raise_and_end_heard(SIGHUP, 2), ::testing::ExitedWithCode(0), "");
}

TEST(Interrupt, under_nohup_a_hang_up_is_nothing) {
    const auto run = [] {
        std::signal(SIGHUP, SIG_IGN);
        raise_and_end(SIGHUP, 1);
    };
    EXPECT_EXIT(run(), ::testing::ExitedWithCode(1), "");
}

}  // namespace
}  // namespace rxlab
