// SPDX-License-Identifier: GPL-2.0
#include "base/lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Lines, are_added_once_and_in_their_order) {
    std::vector<std::string> all{"b"};
    add_lines(all, {"c", "b", "a", "c"});
    EXPECT_THAT(all, testing::ElementsAre("b", "c", "a"));
}

TEST(Lines, several_become_one) {
    EXPECT_EQ(one_line("fact\nnext: step\n"), "fact next: step ");
}

TEST(Lines, words_are_what_is_between_blanks) {
    EXPECT_EQ(words_in("  a\tb\n c "), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_TRUE(words_in(" \n").empty());
}

}  // namespace
}  // namespace rxlab
