// SPDX-License-Identifier: GPL-2.0
#include "target/files.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rxlab {
namespace {

TEST(WorkFolder, one_left_by_a_killed_process_is_removed_by_the_next) {
    const auto root = cache_folder() / "work";
    const pid_t gone = ::fork();
    if (gone == 0) ::_exit(0);
    ::waitpid(gone, nullptr, 0);
    const auto left = root / (std::to_string(gone) + ".abcdef");
    std::filesystem::create_directories(left);
    { const WorkFolder work; }
    EXPECT_FALSE(std::filesystem::exists(left));
}

}  // namespace
}  // namespace rxlab
