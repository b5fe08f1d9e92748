// SPDX-License-Identifier: GPL-2.0
// A program of somebody else's that is started before the window, tells by a FIFO what it has done,
// and ends when it is told to.
#pragma once
#include "sys/fd.h"
#include "sys/sys.h"

#include <future>

namespace rxlab {

class ControlledProcess {
public:
    /// Makes a folder for its files and the FIFOs answers() and end() in it. @throws
    /// Error(Status::invalid)
    ControlledProcess();
    ~ControlledProcess();
    ControlledProcess(const ControlledProcess&) = delete;

    std::string path(const std::string& name) const { return folder_.path + "/" + name; }
    std::string answers() const { return path("answers"); }  ///< what is written there is heard
    std::string end() const { return path("end"); }  ///< a byte there, or its closing, means: end
    /// Open at both ends, so that neither side waits for the other or is told of its end.
    Fd fifo(const std::string& name);

    void launch(Sys& sys, std::vector<std::string> argv);
    /// The next words of answers(), after `asked`. @throws Error with the program's own words when
    /// it ended instead.
    std::string hear(const std::string& asked);
    void tell_to_end();
    /// What it said on its standard output until its end. @throws Error with its own words when it
    /// failed.
    std::string finish();

private:
    /// Removed with all that is in it.
    struct Folder {
        Folder();
        ~Folder();
        std::string path;
    };

    Folder folder_;
    Fd answers_, end_;
    bool told_ = false;
    std::vector<std::string> argv_;
    std::future<CommandResult> ran_;
};

}  // namespace rxlab
