// SPDX-License-Identifier: GPL-2.0
#include "traffic/hex.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Hex, hexadecimal_goes_there_and_back) {
    EXPECT_EQ(to_hex(std::string("\x02\xff\0", 3)), "02ff00");
    EXPECT_EQ(from_hex("02FF00"), std::string("\x02\xff\0", 3));
    for (const char* wrong : {"0", "0g", "02f"}) EXPECT_EQ(from_hex(wrong), "");
}

}  // namespace
}  // namespace rxlab
