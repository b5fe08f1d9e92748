// SPDX-License-Identifier: GPL-2.0
#include "target/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/error.h"
#include "base/interrupt.h"
#include "target/files.h"

namespace rxlab {
namespace {

void redirect(const std::string& path, int fd) {
    if (path.empty()) return;
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0) ::_exit(126);
    ::dup2(file, fd);
    ::close(file);
}

// Between fork and exec only async-signal-safe calls: other threads may hold the allocator's lock.
[[noreturn]] void become(const Launch& launch, char* const* argv, pid_t parent, int failed) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // the parent died before prctl
    if (!launch.foreground) ::setpgid(0, 0);
    for (const int fd : launch.keep) ::fcntl(fd, F_SETFD, 0);
    redirect(launch.stdout_path, STDOUT_FILENO);
    redirect(launch.stderr_path, STDERR_FILENO);
    if (!launch.foreground) redirect("/dev/null", STDIN_FILENO);
    ::execvp(argv[0], argv);
    const int reason = errno;
    (void)!::write(failed, &reason, sizeof reason);
    ::_exit(127);
}

}  // namespace

Process::Process(const Launch& launch) {
    std::vector<char*> argv;
    for (const std::string& word : launch.argv) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    int failed[2];
    if (::pipe2(failed, O_CLOEXEC) != 0)
        throw Error(Status::lost, fmt::format("pipe: {}", std::strerror(errno)));
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ == 0) become(launch, argv.data(), parent, failed[1]);
    const int fork_error = errno;
    ::close(failed[1]);
    int reason = pid_ < 0 ? fork_error : 0;
    if (pid_ > 0 && ::read(failed[0], &reason, sizeof reason) != sizeof reason) reason = 0;
    ::close(failed[0]);
    if (reason == 0) {
        pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
        return;
    }
    if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
    throw Error(Status::usage,
                fmt::format("cannot run {}: {}", launch.argv[0], std::strerror(reason)),
                "make deps");
}

Process::~Process() {
    kill();
    if (pidfd_ >= 0) ::close(pidfd_);
}

bool Process::wait(double seconds) {
    if (ended_) return true;
    pollfd end{pidfd_, POLLIN, 0};
    ::poll(&end, 1, static_cast<int>(seconds * 1000));
    ended_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
    return ended_;
}

int Process::wait_to_end() {
    while (!wait(0.2)) throw_if_interrupted();
    return status_;
}

void Process::kill() {
    if (ended_) return;
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
    ended_ = true;
}

std::string describe_exit(int wait_status) {
    if (WIFEXITED(wait_status)) return fmt::format("exit status {}", WEXITSTATUS(wait_status));
    const int signal = WTERMSIG(wait_status);
    return fmt::format("killed by signal {} ({})", signal, strsignal(signal));
}

std::string capture(const std::vector<std::string>& argv) {
    const WorkFolder work;
    const std::string out = work.path("out");
    Process process({argv, out, "", {}, false});
    const int status = process.wait_to_end();
    if (status != 0)
        throw Error(Status::usage, fmt::format("{} failed: {}", argv[0], describe_exit(status)));
    return read_whole(out);
}

}  // namespace rxlab
