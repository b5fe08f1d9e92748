// SPDX-License-Identifier: GPL-2.0
#include "base/printable.h"

#include "base/json.h"

#include <gtest/gtest.h>
#include <random>

namespace rxlab {
namespace {

TEST(Printable, text_stays_as_it_is) {
    for (const char* text : {"", "plain", "a\tb\nc", "gr\u00fc\u00dfe \u2192 \U0001f600"})
        EXPECT_EQ(printable(text), text);
}

TEST(Printable, escape_sequences_are_shown_and_do_nothing) {
    EXPECT_EQ(printable("\x1b]0;owned\x07\x1b[2J"), "\\x1b]0;owned\\x07\\x1b[2J");
    EXPECT_EQ(printable("a\rb\x7f"), "a\\x0db\\x7f");
    EXPECT_EQ(printable("\u009b31m"), "\\xc2\\x9b31m") << "an escape sequence in one character";
    EXPECT_EQ(printable("\u202e"), "\\xe2\\x80\\xae") << "turns the direction of writing";
    EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
}

TEST(Printable, bytes_that_are_no_utf_8_are_shown_one_by_one) {
    EXPECT_EQ(printable("\xff\xfe"), "\\xff\\xfe");
    EXPECT_EQ(printable("\xc3"), "\\xc3") << "cut off";
    EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf") << "longer than need be";
    EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "half of a surrogate pair";
    EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond Unicode";
    EXPECT_EQ(printable("\xc3x"), "\\xc3x");
}

TEST(Printable, any_bytes_become_text_that_json_takes) {
    std::mt19937 random(7);
    for (int i = 0; i < 20'000; i++) {
        std::string bytes(random() % 12, '\0');
        for (char& byte : bytes) byte = static_cast<char>(random());
        const std::string text = printable(bytes);
        EXPECT_NO_THROW(Json(text).dump());
        EXPECT_EQ(printable(text), text);
    }
}

TEST(Printable, what_is_long_is_cut_and_counted) {
    EXPECT_EQ(printable("abcdef", 6), "abcdef");
    EXPECT_EQ(printable("abcdefg", 3), "abc... (7 bytes)");
    EXPECT_EQ(printable("\u00fc\u00fc", 3), "\u00fc\\xc3... (4 bytes)");
}

}  // namespace
}  // namespace rxlab
