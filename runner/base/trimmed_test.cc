// SPDX-License-Identifier: GPL-2.0
#include "base/trimmed.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Trimmed, blanks_at_both_ends_go_and_those_within_stay) {
    EXPECT_EQ(trimmed(" \ta b\n\n"), "a b");
    EXPECT_EQ(trimmed_end(" \ta b\n\n"), " \ta b");
}

TEST(Trimmed, of_nothing_but_blanks_nothing_is_left) {
    for (const char* blanks : {"", " ", "\n\t \n"}) {
        EXPECT_EQ(trimmed(blanks), "");
        EXPECT_EQ(trimmed_end(blanks), "");
    }
}

}  // namespace
}  // namespace rxlab
