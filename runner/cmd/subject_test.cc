// SPDX-License-Identifier: GPL-2.0
#include "cmd/subject.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/test_folder.h"
#include "base/whole_file.h"

namespace fs = std::filesystem;

namespace rxlab {
namespace {

std::string complaint_about(const fs::path& subject) {
    try {
        subject_of(subject, "6.12");
        return "";
    } catch (const Error& error) {
        return error.what();
    }
}

TEST(Subject, a_kernel_built_outside_its_sources_is_no_folder_of_modules) {
    TestFolder work;
    const fs::path tree = work.path() / "before";
    fs::create_directories(tree / "arch/x86/boot");
    fs::create_directories(tree / "source");
    write_whole(tree / "source/Kbuild", "");
    // It is not built yet, and that is what is told.
    EXPECT_THAT(complaint_about(tree),
                ::testing::AllOf(::testing::HasSubstr("bzImage"),
                                 ::testing::Not(::testing::HasSubstr("Kbuild"))));
}

}  // namespace
}  // namespace rxlab
