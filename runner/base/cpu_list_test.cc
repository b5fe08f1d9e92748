// SPDX-License-Identifier: GPL-2.0
#include "base/cpu_list.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

using Cpus = std::set<int>;

TEST(CpuList, is_read_in_ranges_and_alone) {
    EXPECT_EQ(cpu_list("0-2,5"), (Cpus{0, 1, 2, 5}));
    EXPECT_EQ(cpu_list("7"), Cpus{7});
    for (const char* none : {"", "a", "1-", "-1", "0-9999999", "1 2"})
        EXPECT_TRUE(cpu_list(none).empty()) << none;
}

TEST(CpuMask, is_read_from_its_last_digit_on) {
    EXPECT_EQ(cpu_mask("00000000,0000000a"), (Cpus{1, 3}));
    EXPECT_EQ(cpu_mask("1,00000001"), (Cpus{0, 32}));
    for (const char* none : {"", "0", "g"}) EXPECT_TRUE(cpu_mask(none).empty()) << none;
}

TEST(CpuSet, is_written_as_it_is_read) {
    for (const Cpus& cpus :
         {Cpus{}, Cpus{0}, Cpus{3}, Cpus{0, 1, 2, 5}, Cpus{31, 32, 33}, Cpus{64, 127}}) {
        EXPECT_EQ(cpu_list(as_list(cpus)), cpus);
        EXPECT_EQ(cpu_mask(as_mask(cpus)), cpus);
    }
    EXPECT_EQ(as_list({0, 1, 2, 5}), "0-2,5");
    EXPECT_EQ(as_mask({0, 32}), "1,00000001");
}

}  // namespace
}  // namespace rxlab
