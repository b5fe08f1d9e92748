// SPDX-License-Identifier: GPL-2.0
#include "traffic/marked_run.h"

#include "attribution/markers.h"
#include "base/error.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

extern char** environ;

namespace rxlab {
namespace {

/// What a child that could not become the program tells.
class SharedError {
public:
    SharedError()
        : number_(static_cast<int*>(::mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE,
                                           MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
        if (number_ == MAP_FAILED)
            throw Error(Status::invalid, fmt::format("mmap: {}", std::strerror(errno)));
    }
    ~SharedError() { ::munmap(number_, sizeof(int)); }
    SharedError(const SharedError&) = delete;
    SharedError& operator=(const SharedError&) = delete;
    int& operator*() const { return *number_; }

private:
    int* number_;
};

bool redirect(const char* path, int flags, int number) {
    const int fd = ::open(path, flags, 0644);
    if (fd < 0 || ::dup2(fd, number) != number) return false;
    if (fd != number) ::close(fd);
    return true;
}

/// The parent waits already when the window begins, so that its own system calls are none of it:
/// with one CPU, who sleeps lets it go so far.
void let_the_parent_wait() {
    const timespec while_{.tv_sec = 0, .tv_nsec = 2'000'000};
    ::nanosleep(&while_, nullptr);
}

/// execve(2), with the window's beginning as the instruction before it. @return errno
int exec_in_window(const char* file, char* const* argv, char* const* env) {
#ifdef __x86_64__
    long result = SYS_execve;
    asm volatile(RXLAB_MARK_BEGIN "syscall"
                 : "+a"(result)
                 : "D"(file), "S"(argv), "d"(env)
                 : "rcx", "r11", "memory");
    return static_cast<int>(-result);
#else
    ::execve(file, argv, env);
    return errno;
#endif
}

/// waitid(2), with the window's end as the instruction after it. The process stays to be reaped.
void await_in_window(pid_t pid) {
#ifdef __x86_64__
    long result;
    do {
        register long options asm("r10") = WEXITED | WNOWAIT;
        register long usage asm("r8") = 0;
        result = SYS_waitid;
        asm volatile("syscall\n" RXLAB_MARK_END
                     : "+a"(result)
                     : "D"(long{P_PID}), "S"(long{pid}), "d"(0L), "r"(options), "r"(usage)
                     : "rcx", "r11", "memory");
    } while (result == -EINTR);
#else
    siginfo_t ended;
    ::waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT);
#endif
}

[[noreturn]] void become(const MarkedRun& run, char* const* argv, int& error) {
    error = prepare_to_become(run);
    if (error == 0) {
        let_the_parent_wait();
        error = exec_in_window(run.file.c_str(), argv, environ);
    }
    ::_exit(127);
}

}  // namespace

int prepare_to_become(const MarkedRun& run) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    constexpr int write_new = O_WRONLY | O_CREAT | O_TRUNC;
    const bool is_ready = ::chdir(run.folder.c_str()) == 0 &&
                          redirect("/dev/null", O_RDONLY, STDIN_FILENO) &&
                          redirect(run.out_path.c_str(), write_new, STDOUT_FILENO) &&
                          redirect(run.err_path.c_str(), write_new, STDERR_FILENO);
    return is_ready ? 0 : errno;
}

std::vector<char*> argv_of(const MarkedRun& run) {
    std::vector<char*> argv;
    for (const std::string& word : run.argv) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    return argv;
}

int run_marked(const MarkedRun& run) {
    const SharedError error;
    const std::vector<char*> argv = argv_of(run);
    const pid_t pid = ::fork();
    if (pid < 0) throw Error(Status::invalid, fmt::format("fork: {}", std::strerror(errno)));
    if (pid == 0) become(run, argv.data(), *error);
    await_in_window(pid);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (*error)
        throw Error(Status::usage,
                    fmt::format("cannot run {}: {}", run.file, std::strerror(*error)),
                    "'rxlab syscalls --help' says what a program has to be");
    return status;
}

}  // namespace rxlab
