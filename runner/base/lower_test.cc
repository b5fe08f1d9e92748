// SPDX-License-Identifier: GPL-2.0
#include "base/lower.h"

#include <gtest/gtest.h>

using namespace rxlab;

TEST(LowerCase, changes_ascii_letters_and_nothing_else) {
    EXPECT_EQ(lower_case("AZaz09 @[`{-"), "azaz09 @[`{-");
    EXPECT_EQ(lower_case("\xc3\x84"), "\xc3\x84");
}
