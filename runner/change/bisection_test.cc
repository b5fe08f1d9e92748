// SPDX-License-Identifier: GPL-2.0
#include "change/bisection.h"

#include <gmock/gmock.h>

namespace rxlab {
namespace {

/// Looks at subjects of which those from `step` on are bad; how many it looked at.
size_t looks_until_found(size_t count, size_t step) {
    Bisection bisection(count);
    size_t looks = 0;
    while (const auto which = bisection.next()) {
        bisection.found(*which, *which >= step);
        looks++;
    }
    EXPECT_EQ(bisection.first_bad(), step) << count;
    EXPECT_EQ(bisection.last_good(), step - 1) << count;
    return looks;
}

TEST(Bisection, finds_every_step_of_every_row_in_as_few_looks_as_there_are_bits) {
    for (size_t count = 2; count < 70; count++)
        for (size_t step = 1; step < count; step++) {
            size_t bits = 0;
            while ((size_t{1} << bits) < count - 1) bits++;
            EXPECT_LE(looks_until_found(count, step), bits) << count;
        }
}

TEST(Bisection, of_seven_versions_looks_at_three_at_most) {
    for (size_t step = 1; step < 7; step++) EXPECT_LE(looks_until_found(7, step), 3U);
}

TEST(Bisection, judges_by_the_path_that_differs_most) {
    EXPECT_EQ(way_between({{"a", 100}, {"b", 100}}, {{"a", 101}, {"b", 97}}).value().path, "b");
    EXPECT_FALSE(way_between({{"a", 100}}, {{"a", 100.1}}));
    EXPECT_FALSE(way_between({{"a", 100}}, {{"c", 200}}));
}

TEST(Bisection, calls_bad_what_is_at_least_half_of_the_way) {
    const Way more{"", 100, 200}, fewer{"", 200, 100};
    EXPECT_FALSE(more.is_bad(149));
    EXPECT_TRUE(more.is_bad(150));
    EXPECT_TRUE(fewer.is_bad(120));  // fewer can be what is looked for
    EXPECT_FALSE(fewer.is_bad(180));
}

}  // namespace
}  // namespace rxlab
