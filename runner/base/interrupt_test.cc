// SPDX-License-Identifier: GPL-2.0
#include "base/interrupt.h"

#include "base/error.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace rxlab
