// SPDX-License-Identifier: GPL-2.0
#include "target/debug_info.h"

#include "base/printable.h"
#include "base/test_folder.h"
#include "base/whole_file.h"
#include "target/test_compile.h"

#include <gmock/gmock.h>

namespace rxlab {
namespace {

using testing::AnyOf;
using testing::Eq;
using testing::Optional;

/// Two of its functions have one name, each in a file of its own.
constexpr const char* kFirst = R"(int other(void);
static __attribute__((noinline)) int twice(int x)
{
    return x + 1;
}

int first(int x)
{
    return twice(x) + other();
}
#include "common.h"
)";
constexpr const char* kSecond = R"(static __attribute__((noinline)) int twice(int x)
{
    return x + 2;
}
#include "common.h"

int other(void)
{
    return twice(3);
}
int main(void)
{
    return common(4);
}
)";
/// The compiler makes part.constprop.0 and rare.cold of them.
constexpr const char* kParts = R"(void cold(int) __attribute__((cold));
static int __attribute__((noinline)) part(int *x, int n)
{
    if (n > 5)
        cold(n);
    return *x + n;
}
int whole(int y)
{
    return part(&y, 3) + part(&y, 3);
}
int rare(int n)
{
    if (n > 5) {
        cold(n);
        cold(n + 1);
    }
    return n + 3;
}
)";
constexpr const char* kCommon = R"(
static __attribute__((noinline, used)) int common(int x)
{
    return x + 3;
}
)";

class Debug : public testing::Test {
protected:
    void SetUp() override {
        write_whole(source("net/first.c"), kFirst);
        write_whole(source("net/second.c"), kSecond);
        write_whole(source("net/common.h"), kCommon);
    }
    std::string source(const std::string& name) const {
        std::filesystem::create_directories(folder_.path() / "tree/net");
        return folder_.path() / "tree" / name;
    }
    void make(const std::string& command, const std::string& in = "tree") const {
        test::compile(folder_.path() / in, command);
    }
    DebugInfo read(const std::string& name) const { return DebugInfo(folder_.path() / name); }

    const TestFolder folder_;
};

constexpr const char* kProgram = "gcc -g -O1 -o program net/first.c net/second.c";
constexpr const char* kModule =
    "gcc -g -O1 -ffunction-sections -c net/first.c net/second.c && "
    "ld -r -o module first.o second.o";

void expect_places(DebugInfo&& info) {
    EXPECT_TRUE(info.is_there());
    EXPECT_THAT(info.place_of("first"), Optional(SourcePlace{"net/first.c", 7}));
    EXPECT_THAT(info.place_of("other"), Optional(SourcePlace{"net/second.c", 7}));
    EXPECT_THAT(info.place_of("main"), Optional(SourcePlace{"net/second.c", 11}));
}

TEST_F(Debug, of_a_program_tells_where_a_function_is_declared) {
    make(kProgram);
    expect_places(read("tree/program"));
}

TEST_F(Debug, of_a_module_is_found_by_relocations) {
    make(kModule);
    expect_places(read("tree/module"));
}

TEST_F(Debug, may_be_apart_and_compressed) {
    make(kModule);
    make("objcopy --only-keep-debug --compress-debug-sections module module.debug");
    expect_places(read("tree/module.debug"));
}

TEST_F(Debug, of_each_version_of_dwarf_is_read) {
    for (const char* version : {"4", "5"}) {
        make(std::string("gcc -gdwarf-") + version + " -o program net/first.c net/second.c");
        expect_places(read("tree/program"));
    }
}

TEST_F(Debug, tells_nothing_of_a_name_that_two_files_have) {
    make(kModule);
    DebugInfo info = read("tree/module");
    EXPECT_EQ(info.place_of("twice"), std::nullopt);
    EXPECT_THAT(info.place_of("common"), Optional(SourcePlace{"net/common.h", 2}))
        << "both have it from one header";
}

TEST_F(Debug, of_a_part_that_the_compiler_made_tells_the_function) {
    write_whole(source("net/part.c"), kParts);
    make("gcc -g -O2 -c net/part.c");
    DebugInfo info = read("tree/part.o");
    EXPECT_THAT(info.place_of("part.constprop.0"), Optional(SourcePlace{"net/part.c", 2}));
    EXPECT_THAT(info.place_of("rare.cold"), Optional(SourcePlace{"net/part.c", 12}));
}

TEST_F(Debug, has_no_path_of_the_machine) {
    make("gcc -g -o program ../net/first.c ../net/second.c", "tree/build");
    expect_places(read("tree/build/program"));
    make("gcc -g -o program ../tree/net/first.c \"$(realpath ../tree/net/second.c)\"", "elsewhere");
    EXPECT_EQ(read("elsewhere/program").place_of("main"), std::nullopt) << "of another folder";
    make("gcc -g -o program ../../net/first.c ../../net/second.c", "tree/far/build");
    EXPECT_EQ(read("tree/far/build/program").place_of("main"), std::nullopt) << "two levels up";
}

TEST_F(Debug, is_not_there_without_dwarf_or_a_file) {
    make("gcc -o program net/first.c net/second.c");
    EXPECT_FALSE(read("tree/program").is_there());
    EXPECT_EQ(read("tree/program").place_of("main"), std::nullopt);
    for (const char* name : {"tree/net/first.c", "tree/none", "tree"})
        EXPECT_FALSE(read(name).is_there()) << name;
}

/// Wherever it ends: nothing, or what is right.
TEST_F(Debug, that_is_cut_off_tells_nothing_wrong) {
    make(kModule);
    const std::string whole = read_whole(source("module"));
    for (size_t size = 0; size < whole.size(); size += 37) {
        write_whole(source("cut"), whole.substr(0, size));
        EXPECT_THAT(read("tree/cut").place_of("first"),
                    AnyOf(Eq(std::nullopt), Optional(SourcePlace{"net/first.c", 7})))
            << size;
    }
}

/// Bytes that mean something else, one after the other.
TEST_F(Debug, that_is_damaged_is_survived) {
    make(kModule);
    const std::string whole = read_whole(source("module"));
    for (size_t at = 0; at < whole.size(); at += 7) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(~damaged[at]);
        write_whole(source("damaged"), damaged);
        const auto place = read("tree/damaged").place_of("first");
        if (place) {
            EXPECT_EQ(place->file, printable(place->file)) << at;
        }
    }
}

}  // namespace
}  // namespace rxlab
