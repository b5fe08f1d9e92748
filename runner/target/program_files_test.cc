// SPDX-License-Identifier: GPL-2.0
#include "target/program_files.h"

#include "base/error.h"
#include "base/whole_file.h"
#include "target/files.h"

#include <gmock/gmock.h>
#include <filesystem>

namespace rxlab {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<std::string> names_of(const std::vector<ArchiveFile>& files) {
    std::vector<std::string> names;
    for (const ArchiveFile& file : files) names.push_back(file.name);
    return names;
}

std::string refusal(const std::vector<GuestFile>& files) {
    try {
        guest_files(files);
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_FALSE(error.next().empty());
        return error.what();
    }
    return "";
}

class GuestFilesTest : public ::testing::Test {
protected:
    GuestFilesTest() {
        char name[] = "/tmp/rxlab-files-XXXXXX";
        folder = ::mkdtemp(name);
    }
    ~GuestFilesTest() override { fs::remove_all(folder); }
    std::string file(const std::string& name, const std::string& content) const {
        write_whole(folder / name, content);
        return folder / name;
    }

    fs::path folder;
};

TEST_F(GuestFilesTest, a_program_comes_with_its_libraries_at_their_own_paths) {
    const auto files = guest_files({{"/bin/sh", "/program/sh", true}});
    EXPECT_THAT(names_of(files), Contains("program/sh"));
    EXPECT_THAT(names_of(files), Contains("lib64/ld-linux-x86-64.so.2"));
    EXPECT_THAT(names_of(files), Contains(HasSubstr("libc.so.6")));
    for (const ArchiveFile& one : files) EXPECT_EQ(one.mode, 0755u) << one.name;
}

TEST_F(GuestFilesTest, another_file_comes_alone) {
    const auto files = guest_files({{file("in", "text"), "/program/in", false}});
    ASSERT_EQ(files.size(), 1u);
    EXPECT_EQ(files[0].content, "text");
    EXPECT_EQ(ingredient_rows(files)[0]["name"], "file /program/in");
}

TEST_F(GuestFilesTest, what_cannot_be_run_is_refused_before_a_guest_is_started) {
    const std::string text = file("text", "hello");
    EXPECT_EQ(refusal({{folder / "none", "/program/x", true}}),
              (folder / "none").string() + ": No such file or directory");
    EXPECT_EQ(refusal({{folder, "/program/x", true}}), folder.string() + " is no regular file");
    EXPECT_EQ(refusal({{text, "/program/x", true}}), text + " is not executable");
    fs::permissions(text, fs::perms::owner_all);
    EXPECT_EQ(refusal({{text, "/program/x", true}}), text + " is no ELF program");
}

TEST_F(GuestFilesTest, two_files_at_one_place_are_refused) {
    const std::string one = file("one", ""), other = file("two", "");
    EXPECT_EQ(refusal({{one, "/program/x", false}, {other, "/program/x", false}}),
              "two files would be /program/x in the guest");
}

}  // namespace
}  // namespace rxlab
