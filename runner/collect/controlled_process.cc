// SPDX-License-Identifier: GPL-2.0
#include "collect/controlled_process.h"

#include "base/error.h"
#include "base/interrupt.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

constexpr double kLongest = 3600;  // s; no window lasts so long
// ns for one answer. One that has ended is seen at once; an emulated machine that reads bpftrace's
// libraries from its disk for the first time took more than 60 s while others worked on its host.
constexpr uint64_t kPatience = 300'000'000'000;

constexpr const char* kFolders = "/tmp/";
constexpr const char* kPrefix = "rxlab-controlled-";

[[noreturn]] void fail(const std::string& what) {
    throw Error(Status::invalid, fmt::format("{}: {}", what, std::strerror(errno)));
}

}  // namespace

ControlledProcess::Folder::Folder()
    : path(fmt::format("{}{}{}.XXXXXX", kFolders, kPrefix, ::getpid())) {
    remove_left_over();
    if (!::mkdtemp(path.data())) fail(path);
}

ControlledProcess::Folder::~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
}

void ControlledProcess::remove_left_over() {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(kFolders, ignored)) {
        const std::string name = entry.path().filename();
        if (!name.starts_with(kPrefix)) continue;
        const pid_t owner = std::atoi(name.c_str() + std::strlen(kPrefix));
        struct stat status {};
        if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH &&
            ::lstat(entry.path().c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
            status.st_uid == ::geteuid())
            fs::remove_all(entry.path(), ignored);
    }
}

ControlledProcess::Pipe::Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC)) fail("pipe");
    read = Fd(ends[0]);
    write = Fd(ends[1]);
}

void ControlledProcess::inherit(const Fd& end) {
    if (::fcntl(end.get(), F_SETFD, 0)) fail("pipe");
}

std::string ControlledProcess::path_of(const Fd& end) {
    return fmt::format("/proc/self/fd/{}", end.get());
}

/// Only we hold the other ends: when we are gone, whoever reads is told so.
ControlledProcess::ControlledProcess() {
    inherit(answers_.write);
    inherit(end_.read);
}

ControlledProcess::~ControlledProcess() {
    if (!ran_.valid()) return;
    try {
        finish();
    } catch (const Error&) {
    }  // it was not asked for
}

void ControlledProcess::launch(Sys& sys, std::vector<std::string> argv) {
    argv_ = std::move(argv);
    ran_ = std::async(std::launch::async, [this, &sys] { return sys.run_for(kLongest, argv_); });
}

std::string ControlledProcess::hear(const std::string& asked) {
    pollfd answer{answers_.read.get(), POLLIN, 0};
    for (uint64_t waited = 0; waited < kPatience; waited += 100'000'000) {
        if (::poll(&answer, 1, 100) > 0) {
            char said[64];
            const ssize_t got = ::read(answers_.read.get(), said, sizeof said);
            if (got > 0) return {said, static_cast<size_t>(got)};
        }
        throw_if_interrupted();
        if (ran_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) continue;
        output_of(argv_, ran_.get());
        throw Error(Status::invalid, fmt::format("{} ended before it was told to", argv_[0]));
    }
    throw Error(Status::invalid, fmt::format("{} did not answer '{}'", argv_[0], asked));
}

void ControlledProcess::tell_to_end() {
    if (!told_ && ::write(end_.write.get(), "x\n", 2) != 2) fail("the end of " + argv_[0]);
    told_ = true;
}

std::string ControlledProcess::finish() {
    if (!ran_.valid()) return {};
    tell_to_end();
    return output_of(argv_, ran_.get());
}

}  // namespace rxlab
