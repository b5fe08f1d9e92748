// SPDX-License-Identifier: GPL-2.0
#include "target/files.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "target/test_variable.h"

namespace rxlab {
namespace fs = std::filesystem;
namespace {

std::string why_not_the_cache() {
    try {
        cache_folder();
        return "";
    } catch (const Error& error) {
        return error.what();
    }
}

/// The number of a process that has ended.
std::string gone() {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    ::waitpid(child, nullptr, 0);
    return std::to_string(child);
}

TEST(WorkFolder, one_left_by_a_killed_process_is_removed_by_the_next) {
    const auto root = cache_folder() / "work";
    const auto left = root / (gone() + ".abcdef");
    std::filesystem::create_directories(left);
    { const WorkFolder work; }
    EXPECT_FALSE(std::filesystem::exists(left));
}

TEST(WorkFolder, one_of_a_process_that_cannot_be_seen_from_here_stays) {
    const WorkFolder cache;
    const Variable home("XDG_CACHE_HOME", cache.path(""));
    const WorkFolder work;
    const fs::path mine = fs::path(work.path("")).parent_path(),
                   theirs = mine.parent_path() / (gone() + ".abcdef");
    fs::rename(mine, theirs);  // as it is called where processes have other numbers
    { const WorkFolder next; }
    EXPECT_TRUE(fs::exists(theirs));
    fs::rename(theirs, mine);
}

TEST(Cache, is_made_for_its_user_alone) {
    const WorkFolder work;
    const Variable home("XDG_CACHE_HOME", work.path("new"));
    EXPECT_EQ(cache_folder(), work.path("new/rxlab"));
    EXPECT_EQ(fs::status(work.path("new/rxlab")).permissions(), fs::perms::owner_all);
}

TEST(Cache, that_everybody_can_write_to_is_refused) {
    const WorkFolder work;
    const Variable home("XDG_CACHE_HOME", work.path(""));
    fs::create_directory(work.path("rxlab"));
    fs::permissions(work.path("rxlab"), fs::perms::all);
    EXPECT_THAT(why_not_the_cache(), testing::StartsWith("everybody can write to the cache "));
}

TEST(Cache, of_another_user_is_refused) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
    const WorkFolder work;
    const Variable home("XDG_CACHE_HOME", work.path(""));
    fs::create_directory(work.path("rxlab"));
    ASSERT_EQ(::chown(work.path("rxlab").c_str(), 12345, 12345), 0);
    EXPECT_THAT(why_not_the_cache(), testing::EndsWith("belongs to another user (uid 12345)"));
}

/// An empty file, with the folders it is in.
void put(const fs::path& file) {
    fs::create_directories(file.parent_path());
    write_whole(file, "");
}

TEST(Data, are_those_of_the_checkout_that_the_program_was_built_in) {
    const WorkFolder work;
    put(work.path("vm/mkimage"));
    put(work.path("build/cmake/rxlab"));
    EXPECT_EQ(find_data_folder(work.path("build/cmake/rxlab")),
              fs::path(work.path("x")).parent_path());
}

TEST(Data, are_those_installed_with_the_program) {
    const WorkFolder work;
    put(work.path("usr/share/rxlab/vm/mkimage"));
    put(work.path("usr/bin/rxlab"));
    EXPECT_EQ(find_data_folder(work.path("usr/bin/rxlab")), work.path("usr/share/rxlab"));
}

TEST(Data, are_not_taken_from_folders_far_above) {
    const WorkFolder work;
    put(work.path("vm/mkimage"));
    put(work.path("a/b/c/bin/rxlab"));
    EXPECT_EQ(find_data_folder(work.path("a/b/c/bin/rxlab")), "");
}

TEST(Data, of_another_user_are_not_taken) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
    const WorkFolder work;
    put(work.path("usr/share/rxlab/vm/mkimage"));
    put(work.path("usr/bin/rxlab"));
    ASSERT_EQ(::chown(work.path("usr/share/rxlab").c_str(), 12345, 12345), 0);
    EXPECT_EQ(find_data_folder(work.path("usr/bin/rxlab")), "");
}

TEST(Data, are_where_the_variable_says) {
    const Variable data("RXLAB_DATA", "/somewhere");
    EXPECT_EQ(data_folder(), "/somewhere");
}

TEST(Runs, of_an_installation_go_to_the_users_state) {
    const WorkFolder work;
    const Variable data("RXLAB_DATA", work.path("share")), state("XDG_STATE_HOME", "/state");
    put(work.path("share/vm/mkimage"));
    EXPECT_EQ(runs_folder(), "/state/rxlab/runs");
    put(work.path("share/runner/CMakeLists.txt"));
    EXPECT_EQ(runs_folder(), work.path("share/results/runs"));
}

TEST(Modules, are_built_in_the_cache_unless_in_a_checkout) {
    const WorkFolder work;
    const Variable data("RXLAB_DATA", work.path("share")), home("XDG_CACHE_HOME", work.path("c"));
    put(work.path("share/vm/mkimage"));
    EXPECT_THAT(module_folder(), testing::StartsWith(work.path("c/rxlab/kmod/")));
    put(work.path("share/runner/CMakeLists.txt"));
    EXPECT_EQ(module_folder(), work.path("share/build/kmod"));
}

}  // namespace
}  // namespace rxlab
