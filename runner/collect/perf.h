// SPDX-License-Identifier: GPL-2.0
// A perf that is started before the window, told by a FIFO to count or sample over it, and ended after it.
#pragma once
#include "sys/fd.h"
#include "sys/sys.h"

#include <future>

namespace rxlab {

class Perf {
public:
    /// `arguments` of perf; its `-o` is file(). Returns when perf is ready. @throws Error with perf's own words.
    Perf(Sys& sys, std::vector<std::string> arguments);
    ~Perf();
    Perf(const Perf&) = delete;
    void enable() { say("enable\n"); }
    void disable() { say("disable\n"); }
    /// Lets it write file() and end. @throws Error with perf's own words.
    void finish();
    std::string file() const { return folder_.path + "/data"; }

private:
    /// Removed with all that is in it.
    struct Folder {
        Folder();
        ~Folder();
        std::string path;
    };

    void say(const std::string& command);
    Fd fifo(const std::string& name);

    Folder folder_;
    Fd control_, answers_, end_;
    std::vector<std::string> argv_;
    std::future<Ran> ran_;
};

} // namespace rxlab
