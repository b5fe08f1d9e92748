// SPDX-License-Identifier: GPL-2.0
#include "target/process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/error.h"
#include "target/files.h"

namespace rxlab {
namespace {

TEST(Process, its_exit_status_is_known) {
    Process process({{"sh", "-c", "exit 3"}, "", "", {}, false});
    EXPECT_EQ(describe_exit(process.wait_to_end()), "exit status 3");
}

TEST(Process, its_output_is_captured) {
    EXPECT_EQ(capture({"echo", "a b"}), "a b\n");
}

TEST(Process, a_program_that_is_not_there_is_named) {
    try {
        capture({"no-such-program"});
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "cannot run no-such-program: No such file or directory");
        EXPECT_EQ(error.status(), Status::usage);
    }
}

TEST(Process, a_failing_program_is_no_output) {
    EXPECT_THROW(capture({"false"}), Error);
}

TEST(Process, death_by_signal_is_told) {
    Process process({{"sleep", "100"}, "", "", {}, false});
    EXPECT_FALSE(process.wait(0));
    ::kill(process.pid(), SIGKILL);
    EXPECT_EQ(describe_exit(process.wait_to_end()), "killed by signal 9 (Killed)");
}

TEST(Process, none_outlives_its_object) {
    pid_t pid;
    {
        Process process({{"sleep", "100"}, "", "", {}, false});
        pid = process.pid();
    }
    EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(Process, none_outlives_us) {
    const WorkFolder work;
    const pid_t us = ::fork();
    if (us == 0) {
        Process process({{"sleep", "100"}, "", "", {}, false});
        write_whole(work.path("pid"), std::to_string(process.pid()));
        ::kill(::getpid(), SIGKILL);
    }
    ::waitpid(us, nullptr, 0);
    const pid_t child = std::stoi(read_whole(work.path("pid")));
    for (int i = 0;
         i < 100 && ::kill(child, 0) == 0 &&
         read_whole("/proc/" + std::to_string(child) + "/stat").find(") Z") == std::string::npos;
         ++i)
        ::usleep(20000);
    const std::string stat = read_whole("/proc/" + std::to_string(child) + "/stat");
    EXPECT_TRUE(stat.empty() || stat.find(") Z") != std::string::npos) << stat;
}

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
