// SPDX-License-Identifier: GPL-2.0
#include "collect/delta.h"

#include <gtest/gtest.h>

using namespace rxlab;

TEST(Growth, is_the_difference_of_each_counter) {
    EXPECT_EQ(growth({{"a", 3}, {"b", 5}}, {{"a", 10}, {"b", 5}}), (Counts{{"a", 7}, {"b", 0}}));
}

TEST(Growth, counts_from_zero_where_there_was_no_counter_before) {
    EXPECT_EQ(growth({}, {{"a", 10}}), (Counts{{"a", 10}}));
}

TEST(Growth, follows_a32_bit_counter_through_its_wrap) {
    EXPECT_EQ(growth({{"a", 0xfffffff0}}, {{"a", 16}}), (Counts{{"a", 32}}));
}

TEST(DeltaCollector, reports_only_what_happened_in_its_window) {
    uint64_t counter = 100;
    DeltaCollector collector(
        [&] {
            return Counts{{"seen", counter}};
        },
        [](const Counts& counts, Values& values) {
            values["seen"] = static_cast<double>(counts.at("seen"));
        });
    collector.start();
    counter += 7;
    collector.stop();
    counter += 1000;
    Values values;
    Json curves;
    collector.report({}, values, curves);
    EXPECT_EQ(values.at("seen"), 7);
}
