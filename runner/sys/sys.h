// SPDX-License-Identifier: GPL-2.0
// The one door to the machine. RealSys is the machine, FakeSys (fake_sys.h) a machine made of maps
// for tests.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rxlab {

struct CommandResult {
    int status = 0;  ///< exit status, or 128 + signal
    std::string out, err;
};

class Sys {
public:
    virtual ~Sys() = default;
    /// Whole file. @throws Error(Status::invalid) naming path and reason.
    virtual std::string read_file(const std::string& path) = 0;
    /// One write(2) to an existing file (procfs, sysfs). @throws Error.
    virtual void write_file(const std::string& path, const std::string& value) = 0;
    /// read_file() and write_file() of a file that is opened now, where the thread is now, and used
    /// later, perhaps often: to open a file of procfs leaves work behind that the kernel does after
    /// a grace period.
    virtual std::function<std::string()> reader(const std::string& path) = 0;
    virtual std::function<void(const std::string& value)> writer(const std::string& path) = 0;
    virtual bool exists(const std::string& path) = 0;
    virtual std::vector<std::string> list(const std::string& directory) = 0;  ///< names, sorted
    virtual void remove(const std::string& path) = 0;  ///< unlink; absent is fine
    /// Runs a program (found in PATH) without a shell, in `netns` when not empty.
    virtual CommandResult run(const std::vector<std::string>& argv, const std::string& input = {},
                              const std::string& netns = {}) = 0;
    /// Runs a program that only works, changes nothing and may take long: killed after `seconds`
    /// (@throws Error(Status::invalid)) and when we are told to stop (@throws
    /// Error(Status::interrupted)).
    virtual CommandResult run_for(double seconds, const std::vector<std::string>& argv) = 0;
    /// Calls fn with this thread inside network namespace `netns` (empty: where it is). Inside,
    /// /sys/class/net is that namespace's; use /proc/thread-self/net, because /proc/net belongs to
    /// the main thread.
    virtual void in_netns(const std::string& netns, const std::function<void()>& fn) = 0;
    /// Sends one netlink request of `protocol` (NETLINK_ROUTE ...) and returns all messages of the
    /// answer.
    virtual std::string netlink(int protocol, const std::string& request) = 0;
    /// One ioctl(2) on a character device. @throws Error(Status::interrupted) at a signal, else
    /// Error(Status::invalid).
    virtual void ioctl(const std::string& device, unsigned long request, void* argument) = 0;
    virtual uint64_t now_ns() = 0;                   ///< CLOCK_MONOTONIC
    virtual void sleep_until(uint64_t when_ns) = 0;  ///< of now_ns(); returns some time after it
    /// A netlink request that changes something and asks for an acknowledgement (NLM_F_ACK);
    /// `what` tells it to people. @throws Error(Status::invalid) with the kernel's own words.
    virtual void netlink_change(int protocol, const std::string& request,
                                const std::string& what) = 0;
    void sleep_ns(uint64_t ns) { sleep_until(now_ns() + ns); }
};

/// What a program that ran said. @throws Error(Status::invalid) with its own words unless it exited
/// with 0.
std::string output_of(const std::vector<std::string>& argv, CommandResult ran);
/// output_of() of run().
std::string run_or_throw(Sys& sys, const std::vector<std::string>& argv,
                         const std::string& input = {}, const std::string& netns = {});

Sys& real_sys();

}  // namespace rxlab
