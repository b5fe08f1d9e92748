// SPDX-License-Identifier: GPL-2.0
// A program of somebody else's that is started before the window, tells by a pipe what it has done,
// and ends when it is told to, or when we are gone.
#pragma once
#include "base/fd.h"
#include "sys/sys.h"

#include <future>

namespace rxlab {

class ControlledProcess {
public:
    /// Makes a folder for its files and the pipes answers() and end(). @throws
    /// Error(Status::invalid)
    ControlledProcess();
    ~ControlledProcess();
    ControlledProcess(const ControlledProcess&) = delete;

    /// Pipes have no name that a program could wait at for somebody who is gone.
    struct Pipe {
        Pipe();
        Fd read, write;
    };
    /// The path under which a program that we start finds an end of a pipe of ours.
    static std::string path_of(const Fd& end);

    std::string path(const std::string& name) const { return folder_.path + "/" + name; }
    std::string answers() const { return path_of(answers_.write); }  ///< what is written is heard
    int answers_fd() const { return answers_.write.get(); }
    std::string end() const {
        return path_of(end_.read);
    }  ///< a byte there, or its end, means: end
    /// Makes the end of a pipe one that programs inherit.
    static void inherit(const Fd& end);

    void launch(Sys& sys, std::vector<std::string> argv);
    /// The next words of answers(), after `asked`. @throws Error with the program's own words when
    /// it ended instead.
    std::string hear(const std::string& asked);
    void tell_to_end();
    /// What it said on its standard output until its end. @throws Error with its own words when it
    /// failed.
    std::string finish();

    /// Folders of processes that were killed.
    static void remove_left_over();

private:
    /// Removed with all that is in it.
    struct Folder {
        Folder();
        ~Folder();
        std::string path;
    };

    Folder folder_;
    Pipe answers_, end_;
    bool told_ = false;
    std::vector<std::string> argv_;
    std::future<CommandResult> ran_;
};

}  // namespace rxlab
