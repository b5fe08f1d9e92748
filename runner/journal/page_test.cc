// SPDX-License-Identifier: GPL-2.0
#include "journal/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Undo kFirst{.what = "file one", .path = "/t1", .value = "old1", .wrote = "new1"};
const Undo kSecond{.what = "module", .argv = {"rmmod", "pad"}, .done_if_absent = "/sys/module/pad"};
const Undo kThird{.what = "XDP program x on rx0", .netns = "n", .interface = "rx0", .xdp_id = 7};

std::string text_of(const std::vector<Undo>& entries) {
    return encode_page({.entries = entries}, "boot");
}

std::vector<std::string> names(const Page& page) {
    std::vector<std::string> names;
    for (const Undo& undo : page.entries) names.push_back(undo.what);
    return names;
}

TEST(Page, what_was_written_is_read) {
    const Page page = decode_page(text_of({kFirst, kSecond, kThird}), "boot");
    ASSERT_THAT(page.entries, SizeIs(3));
    EXPECT_EQ(to_json(page.entries[0]), to_json(kFirst));
    EXPECT_EQ(to_json(page.entries[1]), to_json(kSecond));
    EXPECT_EQ(to_json(page.entries[2]), to_json(kThird));
    EXPECT_THAT(page.damage, IsEmpty());
    EXPECT_FALSE(page.torn);
}

TEST(Page, every_flipped_bit_is_damage_and_spoils_no_other_line) {
    const std::string text = text_of({kFirst, kSecond});
    for (size_t bit = 0; bit < 8 * text.size(); bit++) {
        std::string flipped = text;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
        const Page page = decode_page(flipped, "boot");
        EXPECT_FALSE(page.damage.empty()) << "bit " << bit;
        EXPECT_FALSE(page.torn) << "bit " << bit;
        EXPECT_LE(page.entries.size(), 2u);
        for (const Undo& undo : page.entries)
            EXPECT_TRUE(to_json(undo) == to_json(kFirst) || to_json(undo) == to_json(kSecond))
                << "bit " << bit;
    }
}

TEST(Page, cut_anywhere_only_the_last_line_is_torn) {
    const std::string text = text_of({kFirst, kSecond});
    for (size_t length = 1; length < text.size(); length++) {
        const Page page = decode_page(text.substr(0, length), "boot");
        EXPECT_THAT(page.damage, IsEmpty()) << length;
        const bool whole = text[length] == '\n' || text[length - 1] == '\n';
        EXPECT_EQ(page.torn, !whole) << length;
    }
}

TEST(Page, a_file_cut_to_nothing_is_damage) {
    EXPECT_THAT(decode_page("", "boot").damage, SizeIs(1));
}

TEST(Page, a_line_that_is_missing_or_there_twice_is_damage_and_the_rest_is_kept) {
    const std::string text = text_of({kFirst, kSecond, kThird});
    const size_t first = text.find('\n') + 1, second = text.find('\n', first) + 1;
    const Page without = decode_page(text.substr(0, first) + text.substr(second), "boot");
    EXPECT_THAT(names(without), ElementsAre("module", "XDP program x on rx0"));
    ASSERT_THAT(without.damage, SizeIs(1));
    EXPECT_THAT(without.damage[0].why, HasSubstr("missing"));
    const Page twice = decode_page(text.substr(0, second) + text.substr(first), "boot");
    EXPECT_THAT(names(twice), ElementsAre("file one", "module", "XDP program x on rx0"));
    EXPECT_THAT(twice.damage, SizeIs(1));
}

TEST(Page, damaged_lines_are_written_again_as_they_were) {
    std::string text = text_of({kFirst, kSecond});
    text[text.find("file one")] = 'F';
    const Page page = decode_page(text, "boot");
    ASSERT_THAT(page.damage, SizeIs(1));
    const Page again = decode_page(encode_page(page, "boot"), "boot");
    ASSERT_THAT(again.damage, SizeIs(1));
    EXPECT_EQ(again.damage[0].line, page.damage[0].line);
    EXPECT_THAT(names(again), ElementsAre("module"));
}

TEST(Page, entries_of_another_boot_are_void) {
    const Page page = decode_page(text_of({kFirst, kSecond}), "another");
    EXPECT_THAT(page.entries, IsEmpty());
    EXPECT_EQ(page.of_other_boots, 2u);
    EXPECT_THAT(page.damage, IsEmpty());
}

TEST(Page, of_the_format_without_checksums_only_an_empty_one_is_taken) {
    EXPECT_THAT(decode_page("{\"boot\":\"boot\"}\n", "boot").damage, IsEmpty());
    const std::string entries =
        "{\"boot\":\"boot\"}\n{\"what\":\"file one\",\"path\":\"/t1\",\"value\":\"1\"}\n";
    EXPECT_THAT(decode_page(entries, "boot").damage, SizeIs(2));
    EXPECT_THAT(decode_page(entries, "boot").entries, IsEmpty());
}

}  // namespace
}  // namespace rxlab
