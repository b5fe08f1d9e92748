// SPDX-License-Identifier: GPL-2.0
// A machine made of maps, for tests: files, scripted programs, a log of what was changed, and
// failure at the N-th change.
#pragma once
#include "sys/sys.h"

#include <algorithm>
#include <map>

namespace rxlab {

/// What a kill -9 at that moment looks like to code that cannot catch it.
struct Killed {};

class FakeSys : public Sys {
public:
    struct Command {
        std::vector<std::string> argv;
        std::string input, netns;
    };
    enum class Failure { none, error, killed };

    std::map<std::string, std::string>
        files;  ///< path -> content; those of a namespace under "NETNS:/path"
    std::map<std::string, std::string> frozen;  ///< path -> what a read gives whatever was written
    std::function<CommandResult(FakeSys&, const Command&)> on_run;
    std::function<void(FakeSys&, const std::string& path, const std::string& value)> on_write;
    std::function<void(FakeSys&, const std::string& path)> on_close;  ///< of a writer()
    std::function<std::string(int protocol, const std::string& request)> on_netlink;
    std::function<void(const std::string& device, unsigned long request, void* argument)> on_ioctl;
    std::vector<std::string> log;  ///< changes in order: "write PATH VALUE", "run NETNS ARGV...",
                                   ///< "remove PATH", "netlink NETNS WHAT"
    std::vector<double> limits;    ///< seconds that each run_for() was given
    int changes = 0;
    int fail_at = -1;  ///< the change with this number (from 0) fails, without effect
    Failure failure = Failure::error;
    uint64_t clock_ns = 0;

    std::string read_file(const std::string& path) override;
    void write_file(const std::string& path, const std::string& value) override;
    std::function<std::string()> reader(const std::string& path) override;
    std::function<void(const std::string& value)> writer(const std::string& path) override;
    bool exists(const std::string& path) override;
    std::vector<std::string> list(const std::string& directory) override;
    void remove(const std::string& path) override;
    CommandResult run(const std::vector<std::string>& argv, const std::string& input = {},
                      const std::string& netns = {}) override;
    CommandResult run_for(double seconds, const std::vector<std::string>& argv) override;
    void in_netns(const std::string& netns, const std::function<void()>& fn) override;
    std::string netlink(int protocol, const std::string& request) override;
    void netlink_change(int protocol, const std::string& request, const std::string& what) override;
    void ioctl(const std::string& device, unsigned long request, void* argument) override;
    uint64_t now_ns() override { return clock_ns += 1000; }
    void sleep_until(uint64_t when_ns) override { clock_ns = std::max(clock_ns, when_ns); }

    /// The key in `files` of a path seen from where this thread is.
    std::string key(const std::string& path) const;

private:
    void change(const std::string& what);
    std::string netns_;
};

}  // namespace rxlab
