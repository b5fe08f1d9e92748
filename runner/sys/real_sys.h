// SPDX-License-Identifier: GPL-2.0
// The machine itself.
#pragma once
#include "sys/sys.h"

namespace rxlab {

class RealSys : public Sys {
public:
    std::string read_file(const std::string& path) override;
    void write_file(const std::string& path, const std::string& value) override;
    std::function<std::string()> reader(const std::string& path) override;
    std::function<void(const std::string& value)> writer(const std::string& path) override;
    bool exists(const std::string& path) override;
    std::vector<std::string> list(const std::string& directory) override;
    void remove(const std::string& path) override;
    CommandResult run(const std::vector<std::string>& argv, const std::string& input,
                      const std::string& netns) override;
    CommandResult run_for(double seconds, const std::vector<std::string>& argv) override;
    void in_netns(const std::string& netns, const std::function<void()>& fn) override;
    std::string netlink(int protocol, const std::string& request) override;
    void netlink_change(int protocol, const std::string& request, const std::string& what) override;
    void ioctl(const std::string& device, unsigned long request, void* argument) override;
    uint64_t now_ns() override;
    void sleep_until(uint64_t when_ns) override;
};

}  // namespace rxlab
