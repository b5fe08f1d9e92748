// SPDX-License-Identifier: GPL-2.0
#include "base/json.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(TextAt, is_the_text_under_keys_within_each_other_or_what_stands_for_none) {
    const Json json = {{"host", {{"kernel", "6.18"}, {"cpus", 2}}}, {"name", "x"}};
    EXPECT_EQ(text_at(json, {"host", "kernel"}), "6.18");
    EXPECT_EQ(text_at(json, {"name"}), "x");
    EXPECT_EQ(text_at(json, {"host", "cpus"}), "");
    EXPECT_EQ(text_at(json, {"host"}, "-"), "-");
    EXPECT_EQ(text_at(json, {"name", "kernel"}, "-"), "-");
    EXPECT_EQ(text_at(json, {"none"}, "-"), "-");
    EXPECT_EQ(text_at(Json(), {"none"}), "");
}

}  // namespace
}  // namespace rxlab
