// SPDX-License-Identifier: GPL-2.0
// A child process that cannot outlive us: killed by our destructor, by the kernel when the starting
// thread dies.
#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

namespace rxlab {

struct Launch {
    std::vector<std::string> argv;
    std::string stdout_path, stderr_path;  ///< files to write; empty: ours
    std::vector<int> keep;                 ///< descriptors the child inherits under the same number
    bool foreground = false;               ///< stays in our process group, may read the terminal
};

class Process {
public:
    /// @throws Error(Status::usage) when the program cannot be started.
    explicit Process(const Launch& launch);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }
    /// Waits up to `seconds` (host clock); true when the process has ended.
    bool wait(double seconds);
    /// Waits to the end, polling for Ctrl-C. @throws Error(Status::interrupted). Returns the wait
    /// status.
    int wait_to_end();
    int status() const { return status_; }  ///< wait status, once ended
    void kill();                            ///< SIGKILL and reap; harmless once ended

private:
    pid_t pid_ = -1;
    int pidfd_ = -1;
    bool ended_ = false;
    int status_ = 0;
};

/// "exit status 1" or "killed by signal 9 (Killed)".
std::string describe_exit(int wait_status);

/// Runs a program to its end and returns its standard output; standard error is ours.
/// @throws Error(Status::usage) when it fails: it has then said why.
std::string capture(const std::vector<std::string>& argv);

}  // namespace rxlab
