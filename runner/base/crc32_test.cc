// SPDX-License-Identifier: GPL-2.0
#include "base/crc32.h"

#include <gtest/gtest.h>
#include <string>

namespace rxlab {
namespace {

TEST(Crc32, gives_the_check_value) {
    EXPECT_EQ(crc32("123456789"), 0xCBF43926u);
    EXPECT_EQ(crc32(""), 0u);
}

TEST(Crc32, sees_every_single_flipped_bit) {
    std::string frame = "observation of trial 7";
    const uint32_t whole = crc32(frame);
    for (size_t bit = 0; bit < frame.size() * 8; bit++) {
        frame[bit / 8] ^= static_cast<char>(1 << bit % 8);
        EXPECT_NE(crc32(frame), whole);
        frame[bit / 8] ^= static_cast<char>(1 << bit % 8);
    }
}

}  // namespace
}  // namespace rxlab
