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

}  // namespace
}  // namespace rxlab
