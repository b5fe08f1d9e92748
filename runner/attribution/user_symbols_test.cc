// SPDX-License-Identifier: GPL-2.0
#include "attribution/user_symbols.h"

#include "attribution/fold.h"
#include "base/whole_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <cstdlib>

namespace rxlab {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const char kKernelSymbol[] = "ffffffff81000000 T start\n";

extern "C" [[gnu::noinline]] int here() {
    return 1;
}

uint64_t address_of(const char* name, const std::string& symbols) {
    const size_t at = symbols.find(fmt::format(" T {}\t", name));
    if (at == std::string::npos) return 0;
    const size_t line = symbols.rfind('\n', at) + 1;  // npos + 1 is 0
    return std::strtoull(symbols.c_str() + line, nullptr, 16);
}

std::string own_symbols() {
    return user_symbols(read_whole("/proc/self/maps"),
                        [](const std::string& path) { return read_whole(path); });
}

TEST(UserSymbols, are_where_this_process_has_its_functions) {
    const std::string symbols = own_symbols();
    EXPECT_EQ(address_of("here", symbols), reinterpret_cast<uint64_t>(&here));
    EXPECT_THAT(symbols, HasSubstr(" T drand48\t(libc.so.6)\n"));
}

TEST(UserSymbols, name_blocks_of_a_program_and_of_its_libraries) {
    const std::string symbols = kKernelSymbol + own_symbols();
    const uint64_t drand48 = address_of("drand48", symbols);
    const Executed executed =
        fold(fmt::format("node 0 0 0\nself 0 {:x} 3 1\nself 0 10 4 1\nnode 1 0 {:x}\n"
                         "self 1 ffffffff81000000 5 1\nend\n",
                         drand48 + 1, drand48 + 1),
             symbols);
    EXPECT_EQ(
        executed.stacks,
        (Stacks{{"drand48 (libc.so.6)", 3}, {"[user]", 4}, {"drand48 (libc.so.6);start", 5}}));
}

TEST(UserSymbols, of_what_no_symbol_covers_only_the_file_is_told) {
    const std::string maps =
        "00401000-00402000 r-xp 00001000 00:01 7                  /program/a b;c\n"
        "00402000-00403000 rw-p 00002000 00:01 7                  /program/a b;c\n"
        "7ffff7fc1000-7ffff7fc3000 r-xp 00000000 00:00 0          [vdso]\n"
        "7ffff7fd0000-7ffff7fd1000 r-xp 00000000 00:00 0\n";
    const auto nothing = [](const std::string&) { return "no ELF file"; };
    EXPECT_EQ(user_symbols(maps, nothing),
              "0000000000401000 T ?\t(a_b_c)\n0000000000402000 T [user]\n");
    EXPECT_THAT(user_symbols("no line of maps\n", nothing), IsEmpty());
}

TEST(UserSymbols, are_of_nothing_that_the_kernel_has) {
    EXPECT_TRUE(is_user("[user]"));
    EXPECT_TRUE(is_user("drand48 (libc.so.6)"));
    EXPECT_FALSE(is_user("rxnic_poll [rxnic]"));
    EXPECT_FALSE(is_user("start"));
    EXPECT_FALSE(is_entry("asm_code (program)"));
}

}  // namespace
}  // namespace rxlab
