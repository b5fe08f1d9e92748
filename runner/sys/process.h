// SPDX-License-Identifier: GPL-2.0
// The one way to start a program: without a shell, and it cannot outlive us. It is killed by our
// destructor, and by the kernel when the thread that started it dies.
#pragma once
#include "base/fd.h"

#include <sys/types.h>

#include <string>
#include <vector>

namespace rxlab {

struct Launch {
    std::vector<std::string> argv;         ///< found in PATH or in the sbin folders
    std::string stdout_path, stderr_path;  ///< files to write; empty: out and err
    std::vector<int> keep;                 ///< descriptors the child inherits under the same number
    bool foreground = false;               ///< stays in our process group, may read the terminal
    int in = -1, out = -1, err = -1;  ///< its standard descriptors; -1: ours, in the background
                                      ///< /dev/null for its input
    bool english = false;             ///< with LC_ALL=C: its output is read
};

class Process {
public:
    /// @throws Error(Status::usage) when there is no such program or it cannot be started.
    explicit Process(const Launch& launch);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }
    /// Waits up to `seconds` (host clock); true when the process has ended.
    bool wait(double seconds);
    /// Waits to the end, whatever happens. Returns the wait status.
    int wait();
    /// Waits to the end, polling for Ctrl-C. @throws Error(Status::interrupted). Returns the wait
    /// status.
    int wait_to_end();
    int status() const { return status_; }   ///< wait status, once ended
    double cpu_s() const { return cpu_s_; }  ///< of CPU time that it took, once ended
    /// SIGKILL, in the background to what it started too, and reap; harmless once ended.
    void kill();

private:
    pid_t pid_ = -1;
    Fd pidfd_;
    bool own_group_, ended_ = false;
    bool reap(int options);

    int status_ = 0;
    double cpu_s_ = 0;
};

/// "exit status 1" or "killed by signal 9 (Killed)".
std::string describe_exit(int wait_status);

/// Runs a program to its end and returns its standard output. What it says on standard error
/// meanwhile is shown as it comes.
/// @throws Error(Status::usage) when it fails, with what it said last; Error(Status::interrupted).
std::string capture(const std::vector<std::string>& argv);

}  // namespace rxlab
