// SPDX-License-Identifier: GPL-2.0
#include "attribution/markers.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Markers, an_entry_is_named_by_the_lower_half_of_its_address) {
    const uint8_t bytes[] = {0x0f, 0x1f, 0x84, 0x01, 0x40, 0x12, 0x00, 0x81};
    EXPECT_EQ(entry_named(bytes, sizeof bytes), 0xffffffff81001240u);
}

TEST(Markers, no_other_instruction_names_an_entry) {
    EXPECT_EQ(entry_named(kMarkerBegin, sizeof kMarkerBegin), 0u);
    const uint8_t padding[] = {0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00};
    EXPECT_EQ(entry_named(padding, sizeof padding), 0u);
    EXPECT_EQ(entry_named(padding, 4), 0u);
}

TEST(Markers, to_name_entries_does_nothing_where_nobody_counts) {
    name_entries({});
    name_entries(std::vector<uint64_t>(1000, 0xffffffff81001240u));
}

}  // namespace
}  // namespace rxlab
