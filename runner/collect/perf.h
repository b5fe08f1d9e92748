// SPDX-License-Identifier: GPL-2.0
// A perf that is started before the window, told by a FIFO to count or sample over it, and ended
// after it.
#pragma once
#include "collect/controlled_process.h"

namespace rxlab {

class Perf {
public:
    /// `arguments` of perf; its `-o` is file(). Returns when perf is ready. @throws Error with
    /// perf's own words.
    Perf(Sys& sys, std::vector<std::string> arguments);
    void enable() { say("enable\n"); }
    void disable() { say("disable\n"); }
    /// Lets it write file() and end. @throws Error with perf's own words.
    void finish() { perf_.finish(); }
    std::string file() const { return perf_.path("data"); }

private:
    void say(const std::string& command);

    ControlledProcess perf_;
    ControlledProcess::Pipe control_;
};

}  // namespace rxlab
