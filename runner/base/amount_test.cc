// SPDX-License-Identifier: GPL-2.0
#include "base/amount.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Amount, of_one_is_singular_and_of_none_is_not) {
    EXPECT_EQ(amount(1, "path"), "1 path");
    EXPECT_EQ(amount(0, "path"), "0 paths");
    EXPECT_EQ(amount(3, "path"), "3 paths");
}

}  // namespace
}  // namespace rxlab
