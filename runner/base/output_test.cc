// SPDX-License-Identifier: GPL-2.0
#include "base/output.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>

namespace rxlab {
namespace {

using testing::ExitedWithCode;
using testing::KilledBySignal;

/// What a program is that prints to `file` and has `status` to say.
[[noreturn]] void print_to(const char* file, int status) {
    ::dup2(::open(file, O_WRONLY), STDOUT_FILENO);
    open_standard_streams();
    std::fputs("a fact\n", stdout);
    std::_Exit(finish_output(status));
}

[[noreturn]] void print_to_nobody() {
    int ends[2];
    if (::pipe(ends) != 0) std::_Exit(1);
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    open_standard_streams();
    std::fputs("a fact\n", stdout);
    std::_Exit(finish_output(0));
}

[[noreturn]] void tell_to(const char* file, int status) {
    ::dup2(::open(file, O_WRONLY), STDERR_FILENO);
    open_standard_streams();
    tell("a {}\n", "message");
    std::_Exit(finish_output(status));
}

[[noreturn]] void open_a_file_without(int fd) {
    ::close(fd);
    open_standard_streams();
    std::_Exit(::open("/dev/zero", O_RDONLY) <= STDERR_FILENO);
}

TEST(Output, that_is_lost_turns_a_verdict_into_invalid) {
    for (const int verdict : {0, 1, 3})
        EXPECT_EXIT(print_to("/dev/full", verdict), ExitedWithCode(4), "No space left on device");
    EXPECT_EXIT(print_to("/dev/null", 3), ExitedWithCode(3), "^$");
}

TEST(Output, that_is_lost_does_not_hide_what_went_wrong_before) {
    for (const int status : {2, 5, 130})
        EXPECT_EXIT(print_to("/dev/full", status), ExitedWithCode(status), "No space left");
}

TEST(Output, to_nobody_ends_by_sigpipe) {
    EXPECT_EXIT(print_to_nobody(), KilledBySignal(SIGPIPE), "^$");
}

TEST(Output, a_message_that_is_lost_is_no_success) {
    EXPECT_EXIT(tell_to("/dev/full", 0), ExitedWithCode(4), "");
    EXPECT_EXIT(tell_to("/dev/full", 2), ExitedWithCode(2), "");
}

TEST(Output, a_closed_stream_has_its_place_taken_by_no_file) {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        EXPECT_EXIT(open_a_file_without(fd), ExitedWithCode(0), "") << fd;
}

}  // namespace
}  // namespace rxlab
