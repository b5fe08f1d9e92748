// SPDX-License-Identifier: GPL-2.0
#include "collect/controlled_process.h"

#include "base/error.h"
#include "base/interrupt.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace rxlab {
namespace {

constexpr double kLongest = 3600;  // s; no window lasts so long
constexpr uint64_t kPatience =
    60'000'000'000;  // ns for one answer; a guest under icount is slow to start it

[[noreturn]] void fail(const std::string& what) {
    throw Error(Status::invalid, fmt::format("{}: {}", what, std::strerror(errno)));
}

}  // namespace

ControlledProcess::Folder::Folder() : path("/tmp/rxlab-controlled_process-XXXXXX") {
    if (!::mkdtemp(path.data())) fail(path);
}

ControlledProcess::Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
}

ControlledProcess::ControlledProcess() : answers_(fifo("answers")), end_(fifo("end")) {}

ControlledProcess::~ControlledProcess() {
    if (!ran_.valid()) return;
    try {
        finish();
    } catch (const Error&) {
    }  // it was not asked for
}

Fd ControlledProcess::fifo(const std::string& name) {
    if (::mkfifo(path(name).c_str(), 0600)) fail(path(name));
    Fd fd(::open(path(name).c_str(), O_RDWR | O_CLOEXEC));
    if (!fd) fail(path(name));
    return fd;
}

void ControlledProcess::launch(Sys& sys, std::vector<std::string> argv) {
    argv_ = std::move(argv);
    ran_ = std::async(std::launch::async, [this, &sys] { return sys.run_for(kLongest, argv_); });
}

std::string ControlledProcess::hear(const std::string& asked) {
    pollfd answer{answers_.get(), POLLIN, 0};
    for (uint64_t waited = 0; waited < kPatience; waited += 100'000'000) {
        if (::poll(&answer, 1, 100) > 0) {
            char said[64];
            const ssize_t got = ::read(answers_.get(), said, sizeof said);
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
    if (!told_ && ::write(end_.get(), "x\n", 2) != 2) fail("the end of " + argv_[0]);
    told_ = true;
}

std::string ControlledProcess::finish() {
    if (!ran_.valid()) return {};
    tell_to_end();
    return output_of(argv_, ran_.get());
}

}  // namespace rxlab
