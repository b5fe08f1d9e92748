// SPDX-License-Identifier: GPL-2.0
#include "sys/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/error.h"

namespace rxlab {
namespace {

TEST(Process, its_exit_status_is_known) {
    Process process({.argv = {"sh", "-c", "exit 3"}});
    EXPECT_EQ(describe_exit(process.wait_to_end()), "exit status 3");
}

TEST(Process, its_cpu_time_is_known_once_it_has_ended) {
    Process process({.argv = {"sh", "-c", "i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done"}});
    EXPECT_EQ(process.cpu_s(), 0);
    process.wait_to_end();
    EXPECT_GT(process.cpu_s(), 0);
}

TEST(Process, its_output_is_captured) {
    EXPECT_EQ(capture({"echo", "a b"}), "a b\n");
}

TEST(Process, a_program_that_is_not_there_is_named) {
    try {
        capture({"no-such-program"});
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "no program 'no-such-program' in PATH");
        EXPECT_EQ(error.status(), Status::usage);
    }
}

TEST(Process, a_failing_program_is_no_output) {
    EXPECT_THROW(capture({"false"}), Error);
    try {
        capture({"sh", "-c", "echo some; echo why >&2; exit 3"});
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "sh failed: exit status 3\nwhy");
    }
}

TEST(Process, death_by_signal_is_told) {
    Process process({.argv = {"sleep", "100"}});
    EXPECT_FALSE(process.wait(0));
    ::kill(process.pid(), SIGKILL);
    EXPECT_EQ(describe_exit(process.wait_to_end()), "killed by signal 9 (Killed)");
}

TEST(Process, none_outlives_its_object) {
    pid_t pid;
    {
        Process process({.argv = {"sleep", "100"}});
        pid = process.pid();
    }
    EXPECT_EQ(::kill(pid, 0), -1);
}

struct Pipe {
    Pipe() {
        int ends[2];
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        read = Fd(ends[0]);
        write = Fd(ends[1]);
    }
    /// Has everyone who could write ended? Waits for it.
    bool closed() {
        write.reset();
        pollfd end{read.get(), POLLIN, 0};
        return ::poll(&end, 1, 50'000) == 1 && end.revents == POLLHUP;
    }
    Fd read, write;
};

TEST(Process, none_outlives_us) {
    Pipe pipe;
    const pid_t us = ::fork();
    if (us == 0) {
        Process process({.argv = {"sleep", "100"}, .out = pipe.write.get()});
        ::kill(::getpid(), SIGKILL);
    }
    ::waitpid(us, nullptr, 0);
    EXPECT_TRUE(pipe.closed());
}

TEST(Process, what_it_started_ends_with_it) {
    Pipe pipe;
    Process process({.argv = {"sh", "-c", "sleep 100 & wait"}, .out = pipe.write.get()});
    process.kill();
    EXPECT_TRUE(pipe.closed());
}

}  // namespace
}  // namespace rxlab
