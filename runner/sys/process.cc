// SPDX-License-Identifier: GPL-2.0
#include "sys/process.h"

#include "base/cpu_time.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "base/whole_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

extern char** environ;

namespace rxlab {
namespace {

/// An ordinary user's PATH lacks the folders where ip, tc and nft are.
std::string find_program(const std::string& name) {
    if (name.find('/') != std::string::npos) return name;
    const char* path = std::getenv("PATH");
    std::string folders = std::string(path ? path : "") + ":/usr/sbin:/sbin:/usr/bin:/bin";
    for (size_t start = 0; start <= folders.size();) {
        const size_t end = std::min(folders.find(':', start), folders.size());
        const std::string file = folders.substr(start, end - start) + "/" + name;
        if (end > start && ::access(file.c_str(), X_OK) == 0) return file;
        start = end + 1;
    }
    throw Error(Status::usage, fmt::format("no program '{}' in PATH", name), "make deps");
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
    std::vector<char*> out;
    for (const std::string& text : strings) out.push_back(const_cast<char*>(text.c_str()));
    out.push_back(nullptr);
    return out;
}

std::vector<std::string> environment(bool english) {
    std::vector<std::string> variables;
    for (char** entry = environ; *entry; entry++)
        if (!english || std::strncmp(*entry, "LC_ALL=", 7) != 0) variables.emplace_back(*entry);
    if (english) variables.emplace_back("LC_ALL=C");
    return variables;
}

/// What the child needs, made before it exists.
struct Prepared {
    explicit Prepared(const Launch& wanted)
        : launch(wanted),
          file(find_program(wanted.argv.at(0))),
          variables(environment(wanted.english)),
          argv(pointers(wanted.argv)),
          env(pointers(variables)) {}
    const Launch& launch;
    std::string file;
    std::vector<std::string> variables;
    std::vector<char*> argv, env;
    pid_t parent = ::getpid();
};

/// `wanted` as descriptor `number`: a file, a descriptor, or what we have there.
bool redirect(const char* path, int flags, int wanted, int number) {
    if (path) wanted = ::open(path, flags | O_CLOEXEC, 0644);
    if (path && wanted < 0) return false;
    return wanted < 0 || ::dup2(wanted, number) == number;
}

const char* or_null(const std::string& path) {
    return path.empty() ? nullptr : path.c_str();
}

bool redirect_all(const Launch& launch) {
    constexpr int write_new = O_WRONLY | O_CREAT | O_TRUNC;
    const bool no_input = !launch.foreground && launch.in < 0;
    return redirect(no_input ? "/dev/null" : nullptr, O_RDONLY, launch.in, STDIN_FILENO) &&
           redirect(or_null(launch.stdout_path), write_new, launch.out, STDOUT_FILENO) &&
           redirect(or_null(launch.stderr_path), write_new, launch.err, STDERR_FILENO);
}

/// The child between vfork and exec: it runs in our memory while we wait, so it makes system calls
/// only, and changes nothing but `error`.
[[noreturn]] void become(const Prepared& prepared, volatile int& error) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != prepared.parent) ::_exit(127);  // the parent died before prctl
    if (!prepared.launch.foreground) ::setpgid(0, 0);
    for (const int fd : prepared.launch.keep) ::fcntl(fd, F_SETFD, 0);
    if (redirect_all(prepared.launch))
        ::execve(prepared.file.c_str(), prepared.argv.data(), prepared.env.data());
    error = errno;
    ::_exit(127);
}

/// vfork, not fork: no page of ours becomes copy-on-write, so none faults in a measured window.
[[gnu::noinline]] pid_t start(const Prepared& prepared, int& error) {
    volatile int failed = 0;
    const pid_t pid = ::vfork();
    if (pid == 0) become(prepared, failed);
    error = pid < 0 ? errno : failed;
    return pid;
}

}  // namespace

Process::Process(const Launch& launch) : own_group_(!launch.foreground) {
    int error = 0;
    pid_ = start(Prepared(launch), error);
    if (error == 0) {
        pidfd_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
        return;
    }
    if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
    throw Error(Status::usage,
                fmt::format("cannot run {}: {}", launch.argv[0], std::strerror(error)),
                "make deps");
}

Process::~Process() {
    kill();
}

bool Process::wait(double seconds) {
    if (ended_) return true;
    pollfd end{pidfd_.get(), POLLIN, 0};
    ::poll(&end, 1, static_cast<int>(seconds * 1000));
    ended_ = reap(WNOHANG);
    return ended_;
}

bool Process::reap(int options) {
    rusage used{};
    if (::wait4(pid_, &status_, options, &used) != pid_) return false;
    cpu_s_ = cpu_seconds(used);
    return true;
}

int Process::wait() {
    while (!ended_ && !reap(0) && errno == EINTR) {
    }
    ended_ = true;
    return status_;
}

int Process::wait_to_end() {
    while (!wait(0.2)) throw_if_interrupted();
    return status_;
}

void Process::kill() {
    if (ended_) return;
    ::kill(own_group_ ? -pid_ : pid_, SIGKILL);
    wait();
}

std::string describe_exit(int wait_status) {
    if (WIFEXITED(wait_status)) return fmt::format("exit status {}", WEXITSTATUS(wait_status));
    const int signal = WTERMSIG(wait_status);
    return fmt::format("killed by signal {} ({})", signal, strsignal(signal));
}

namespace {

/// What was written to `file` from byte `from` on.
std::string written_since(const Fd& file, off_t from) {
    ::lseek(file.get(), from, SEEK_SET);
    return read_whole(file.get(), "output");
}

}  // namespace

std::string capture(const std::vector<std::string>& argv) {
    const Fd out(::memfd_create("output", MFD_CLOEXEC));
    const Fd said(::memfd_create("said", MFD_CLOEXEC));
    // Opened anew: our reading does not move where the program writes.
    const Fd heard(
        ::open(fmt::format("/proc/self/fd/{}", said.get()).c_str(), O_RDONLY | O_CLOEXEC));
    Process process({.argv = argv, .out = out.get(), .err = said.get()});
    off_t shown = 0;
    while (!process.wait(0.2)) {
        throw_if_interrupted();
        const std::string progress = written_since(heard, shown);
        shown += static_cast<off_t>(progress.size());
        std::fputs(progress.c_str(), stderr);
    }
    std::string last = written_since(heard, shown);
    last.erase(last.find_last_not_of('\n') + 1);
    if (process.status() != 0)
        throw Error(Status::usage,
                    fmt::format("{} failed: {}{}{}", argv[0], describe_exit(process.status()),
                                last.empty() ? "" : "\n", last));
    if (!last.empty()) fmt::print(stderr, "{}\n", last);
    return written_since(out, 0);
}

}  // namespace rxlab
