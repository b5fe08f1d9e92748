// SPDX-License-Identifier: GPL-2.0
// Writes down every change that passes through it, and passes it on or not.
#pragma once
#include "sys/sys.h"

#include <map>

namespace rxlab {

class RecordingSys : public Sys {
public:
    enum class Mode { pass_on, only_record };
    RecordingSys(Sys& sys, Mode mode) : sys_(sys), mode_(mode) {}

    /// One line per change: "rxlab-dut: nft add table ...", "/proc/sys/...: 300 -> 16".
    const std::vector<std::string>& changes() const { return changes_; }
    void note(const std::string& line) { changes_.push_back(line); }

    /// When only recording, a file written before reads as written, and one that is not there as
    /// "0".
    std::string read_file(const std::string& path) override;
    void write_file(const std::string& path, const std::string& value) override;
    std::function<std::string()> reader(const std::string& path) override;
    std::function<void(const std::string& value)> writer(const std::string& path) override;
    /// When only recording, no namespace is there yet: what a run that is on just now made is not
    /// in the way.
    bool exists(const std::string& path) override {
        return (passes() || !path.starts_with("/run/netns/")) && sys_.exists(path);
    }
    std::vector<std::string> list(const std::string& directory) override {
        return sys_.list(directory);
    }
    void remove(const std::string& path) override;
    CommandResult run(const std::vector<std::string>& argv, const std::string& input = {},
                      const std::string& netns = {}) override;
    /// It changes nothing, so nothing is noted.
    CommandResult run_for(double seconds, const std::vector<std::string>& argv) override {
        return passes() ? sys_.run_for(seconds, argv) : CommandResult{};
    }
    /// When only recording, the namespace need not exist: fn is called where the thread is.
    void in_netns(const std::string& netns, const std::function<void()>& fn) override;
    /// When only recording, nobody answers in a namespace that is yet to be made.
    std::string netlink(int protocol, const std::string& request) override {
        return passes() || netns_.empty() ? sys_.netlink(protocol, request) : std::string();
    }
    void netlink_change(int protocol, const std::string& request, const std::string& what) override;
    void ioctl(const std::string& device, unsigned long request, void* argument) override {
        if (passes()) sys_.ioctl(device, request, argument);
    }
    uint64_t now_ns() override { return sys_.now_ns(); }
    void sleep_until(uint64_t when_ns) override { sys_.sleep_until(when_ns); }

private:
    bool passes() const { return mode_ == Mode::pass_on; }
    std::string where() const { return netns_.empty() ? "" : netns_ + ": "; }

    Sys& sys_;
    Mode mode_;
    std::string netns_;  ///< only recording, which one thread does
    std::map<std::string, std::string> written_;
    std::vector<std::string> changes_;
};

}  // namespace rxlab
