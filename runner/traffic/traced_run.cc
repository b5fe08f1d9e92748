// SPDX-License-Identifier: GPL-2.0
#include "traffic/traced_run.h"

#include "base/fd.h"
#include "base/whole_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>

extern char** environ;

namespace rxlab {
namespace {

constexpr long kWatched = PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT |
                          PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;

[[noreturn]] void become_watched(const MarkedRun& run, char* const* argv) {
    if (prepare_to_become(run) == 0 && ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0) {
        ::raise(SIGSTOP);
        ::execve(run.file.c_str(), argv, environ);
    }
    ::_exit(127);
}

/// Follows a process which waits to be let go, and all that descends from it, until it ends: what
/// is left then ends with who follows it.
class Watch {
public:
    /// @return what was mapped
    std::string follow(pid_t first) {
        int status = 0;
        for (pid_t pid; (pid = ::waitpid(-1, &status, __WALL)) > 0;)
            if (WIFSTOPPED(status))
                ::ptrace(PTRACE_CONT, pid, nullptr, signal_for(pid, status));
            else if (pid == first)
                break;
        return programs_ == 1 ? maps_ : "";
    }

private:
    /// The signal that stopped it, where it was one.
    long signal_for(pid_t pid, int status) {
        const int signal = WSTOPSIG(status), event = status >> 16;
        if (event == PTRACE_EVENT_EXEC) programs_++;
        if (event == PTRACE_EVENT_EXIT) maps_ += read_if_there(maps_path(pid)).value_or("");
        if (event) return 0;
        if (signal != SIGSTOP) return signal;
        ::ptrace(PTRACE_SETOPTIONS, pid, nullptr, kWatched);  // a new one has them already
        return 0;
    }

    static std::string maps_path(pid_t pid) { return fmt::format("/proc/{}/maps", pid); }

    int programs_ = 0;
    std::string maps_;
};

/// In a process of its own: it waits for all children there are.
void watch(const MarkedRun& run, int out) {
    const std::vector<char*> argv = argv_of(run);
    const pid_t pid = ::fork();
    if (pid == 0) become_watched(run, argv.data());
    const std::string maps = pid < 0 ? "" : Watch().follow(pid);
    ::dprintf(out, "%s", maps.c_str());  // all of it, however the pipe takes it
}

}  // namespace

std::string mappings_of(const MarkedRun& run) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return "";
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::close(ends[0]);
        watch(run, ends[1]);
        ::_exit(0);
    }
    const Fd reading(ends[0]);
    ::close(ends[1]);
    std::string maps = read_whole(reading.get(), "mappings");
    if (pid > 0) ::waitpid(pid, nullptr, 0);
    return maps;
}

}  // namespace rxlab
