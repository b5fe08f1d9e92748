// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "base/fd.h"
#include "base/interrupt.h"
#include "sys/real_sys.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <atomic>
#include <csignal>
#include <thread>

namespace rxlab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(RealSys, runs_a_program_without_a_shell) {
    const CommandResult ran = real_sys().run({"printf", "%s", "$HOME; `id` | x"});
    EXPECT_EQ(ran.status, 0);
    EXPECT_EQ(ran.out, "$HOME; `id` | x");
}

TEST(RealSys, big_input_and_output_do_not_block_each_other) {
    const std::string megabytes(8 << 20, 'x');
    const CommandResult ran = real_sys().run({"tee", "/dev/stderr"}, megabytes);
    EXPECT_EQ(ran.out.size(), megabytes.size());
    EXPECT_EQ(ran.err.size(), megabytes.size());
}

TEST(RealSys, a_program_that_ignores_its_input_is_no_failure) {
    EXPECT_EQ(real_sys().run({"true"}, std::string(8 << 20, 'x')).status, 0);
}

TEST(RealSys, exit_status_and_signal_are_told_apart) {
    EXPECT_EQ(real_sys().run({"sh", "-c", "exit 7"}).status, 7);
    EXPECT_EQ(real_sys().run({"sh", "-c", "kill -9 $$"}).status, 137);
}

TEST(RealSys, a_missing_program_is_named) {
    try {
        real_sys().run({"rxlab-no-such-program"});
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "no program 'rxlab-no-such-program' in PATH");
        EXPECT_EQ(error.status(), Status::usage);
    }
}

TEST(RealSys, a_program_that_takes_too_long_is_killed) {
    const uint64_t start = real_sys().now_ns();
    try {
        real_sys().run_for(0.3, {"sleep", "60"});
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "sleep 60: not done after 0.3 s, killed");
        EXPECT_EQ(error.status(), Status::invalid);
    }
    EXPECT_LT(real_sys().now_ns() - start, 30'000'000'000u);
    EXPECT_EQ(real_sys().run_for(60, {"printf", "done"}).out, "done");
}

TEST(RealSys, being_told_to_stop_kills_a_program_that_takes_long) {
    const auto run_and_be_told = [] {
        install_interrupt_handlers();
        const pid_t self = ::getpid();
        std::thread teller([self] {
            ::usleep(200'000);
            ::kill(self, SIGTERM);
        });
        int status = 0;
        try {
            real_sys().run_for(60, {"sleep", "60"});
        } catch (const Error& error) {
            status = static_cast<int>(error.status());
        }
        teller.join();
        ::_exit(status);
    };
    EXPECT_EXIT(run_and_be_told(), ::testing::ExitedWithCode(static_cast<int>(Status::interrupted)),
                "");
}

TEST(RealSys, run_or_throw_gives_the_program_s_own_words) {
    try {
        run_or_throw(real_sys(), {"ls", "/no/such/place"});
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(
            error.what(),
            HasSubstr("ls /no/such/place: exit status 2: ls: cannot access '/no/such/place'"));
    }
}

TEST(RealSys, a_file_that_cannot_be_read_is_named_with_its_reason) {
    try {
        real_sys().read_file("/no/such/file");
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "/no/such/file: No such file or directory");
    }
}

TEST(RealSys, the_kernel_log_ends_instead_of_waiting) {
    if (::access("/dev/kmsg", R_OK) != 0) GTEST_SKIP() << "/dev/kmsg is not readable here";
    real_sys().read_file("/dev/kmsg");
}

ino_t netns_inode() {
    struct stat status {};
    ::stat("/proc/thread-self/ns/net", &status);
    return status.st_ino;
}

class RealNetns : public ::testing::Test {
protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root for a network namespace";
        ASSERT_EQ(real_sys().run({"ip", "netns", "add", netns_}).status, 0);
    }
    void TearDown() override {
        if (::geteuid() == 0) real_sys().run({"ip", "netns", "del", netns_});
    }

    // Tests of this fixture run side by side.
    const std::string netns_ = fmt::format("rxlab-systest-{}", ::getpid());
};

TEST_F(RealNetns, the_thread_goes_there_and_back_even_by_an_exception) {
    const ino_t home = netns_inode();
    ino_t there = home;
    EXPECT_THROW(real_sys().in_netns(netns_,
                                     [&] {
                                         there = netns_inode();
                                         throw Error(Status::invalid, "x");
                                     }),
                 Error);
    EXPECT_NE(there, home);
    EXPECT_EQ(netns_inode(), home);
}

TEST_F(RealNetns, sysfs_and_procfs_inside_are_the_namespace_s) {
    std::vector<std::string> links;
    std::string devices;
    real_sys().in_netns(netns_, [&] {
        run_or_throw(real_sys(),
                     {"ip", "link", "add", "rxone", "type", "veth", "peer", "name", "rxtwo"});
        links = real_sys().list("/sys/class/net");
        devices = real_sys().read_file("/proc/thread-self/net/dev");
        real_sys().write_file("/sys/class/net/rxone/tx_queue_len", "777");
        EXPECT_EQ(real_sys().read_file("/sys/class/net/rxone/tx_queue_len"), "777\n");
    });
    EXPECT_THAT(links, ::testing::IsSupersetOf({"lo", "rxone", "rxtwo"}));
    EXPECT_THAT(devices, HasSubstr("rxtwo:"));
    EXPECT_FALSE(real_sys().exists("/sys/class/net/rxone"));
}

TEST_F(RealNetns, a_reader_opened_there_reads_there_and_reads_anew) {
    std::function<std::string()> devices;
    real_sys().in_netns(netns_, [&] { devices = real_sys().reader("/proc/thread-self/net/dev"); });
    EXPECT_THAT(devices(), Not(HasSubstr("rxthree:")));
    run_or_throw(real_sys(),
                 {"ip", "link", "add", "rxthree", "type", "veth", "peer", "name", "rxfour"}, {},
                 netns_);
    EXPECT_THAT(devices(), HasSubstr("rxthree:"));
}

/// A pipe that is full when a signal comes has taken a part of what is being written.
TEST(RealSys, what_the_kernel_takes_in_parts_is_written_whole) {
    const std::string fifo = testing::TempDir() + fmt::format("rxlab_fifo_{}", ::getpid());
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    struct sigaction action {
    }, before{};
    action.sa_handler = [](int) {};
    ::sigaction(SIGUSR1, &action, &before);
    const Fd in(::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    const std::string value(1'000'000, 'x');
    std::atomic<bool> ended = false;
    std::thread writer([&] {
        EXPECT_NO_THROW(real_sys().write_file(fifo, value));
        ended = true;
    });
    const int capacity = ::fcntl(in.get(), F_GETPIPE_SZ);
    for (int held = 0; held < capacity && !ended; ::usleep(1000))
        ::ioctl(in.get(), FIONREAD, &held);
    ::pthread_kill(writer.native_handle(), SIGUSR1);
    ::usleep(
        50'000);  // time for the short write to return; without it the test sees less, not more
    std::string got;
    char bytes[65536];
    for (ssize_t n; (n = ::read(in.get(), bytes, sizeof bytes)) != 0 || !ended;) {
        if (n > 0) got.append(bytes, static_cast<size_t>(n));
        if (n <= 0) ::usleep(1000);
    }
    writer.join();
    ::sigaction(SIGUSR1, &before, nullptr);
    ::unlink(fifo.c_str());
    EXPECT_EQ(got.size(), value.size());
}

TEST(RealSys, a_write_that_ends_early_tells_how_far_it_came_in_text) {
    const std::string path = testing::TempDir() + fmt::format("rxlab_limit_{}", ::getpid());
    Fd(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit least{4096, before.rlim_max};
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &least);
    std::string message;
    try {
        real_sys().write_file(path, std::string(4160, '\xff'));
    } catch (const Error& error) {
        message = error.what();
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    ::unlink(path.c_str());
    EXPECT_THAT(message, ::testing::HasSubstr("4096 of 4160 bytes written"));
    EXPECT_THAT(message, ::testing::HasSubstr("\\xff\\xff"));
    EXPECT_EQ(message.find('\xff'), std::string::npos);
}

TEST_F(RealNetns, a_writer_writes_again_and_again) {
    std::function<void(const std::string&)> forward;
    std::function<std::string()> read;
    real_sys().in_netns(netns_, [&] {
        forward = real_sys().writer("/proc/sys/net/ipv4/ip_forward");
        read = real_sys().reader("/proc/sys/net/ipv4/ip_forward");
    });
    for (const char* value : {"1", "0"}) {
        forward(value);
        EXPECT_EQ(read(), std::string(value) + "\n");
    }
    EXPECT_THROW(real_sys().reader("/proc/no-such"), Error);
    EXPECT_THROW(real_sys().writer("/proc/no-such"), Error);
}

TEST_F(RealNetns, programs_run_there) {
    EXPECT_THAT(real_sys().run({"ip", "-o", "link"}, "", netns_).out, HasSubstr("1: lo:"));
    EXPECT_THROW(real_sys().run({"true"}, "", "rxlab-no-such"), Error);
}

}  // namespace
}  // namespace rxlab
