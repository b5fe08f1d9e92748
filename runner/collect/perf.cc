// SPDX-License-Identifier: GPL-2.0
#include "collect/perf.h"

#include "base/error.h"
#include "base/interrupt.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>

namespace rxlab {
namespace {

constexpr double kLongest = 3600; // s; no window lasts so long
constexpr uint64_t kPatience = 60'000'000'000; // ns for one answer; a guest under icount is slow to start it

[[noreturn]] void fail(const std::string& what) { throw Error(Status::invalid, fmt::format("{}: {}", what, std::strerror(errno))); }

} // namespace

Perf::Folder::Folder() : path("/tmp/rxlab-perf-XXXXXX") {
    if (!::mkdtemp(path.data())) fail(path);
}

Perf::Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
}

/// Open at both ends, so that neither side waits for the other or is told of its end.
Fd Perf::fifo(const std::string& name) {
    const std::string path = folder_.path + "/" + name;
    if (::mkfifo(path.c_str(), 0600)) fail(path);
    Fd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd) fail(path);
    return fd;
}

/// perf lives as long as its command, and that one waits for a byte.
Perf::Perf(Sys& sys, std::vector<std::string> arguments) : control_(fifo("control")), answers_(fifo("answers")), end_(fifo("end")), argv_(std::move(arguments)) {
    argv_.insert(argv_.begin(), "perf");
    argv_.insert(argv_.end(), {"-o", file(), "--delay", "-1", "--control", fmt::format("fifo:{0}/control,{0}/answers", folder_.path), "--", "head", "-c", "1", folder_.path + "/end"});
    ran_ = std::async(std::launch::async, [this, &sys] { return sys.run_for(kLongest, argv_); });
    try {
        say("ping\n");
    } catch (...) {
        finish();
        throw;
    }
}

Perf::~Perf() {
    if (!ran_.valid()) return;
    try {
        finish();
    } catch (const Error&) {} // it was not asked for
}

void Perf::finish() {
    if (!ran_.valid()) return;
    if (::write(end_.get(), "x", 1) != 1) fail("the end of perf");
    output_of(argv_, ran_.get());
}

/// Waits for perf's "ack".
void Perf::say(const std::string& command) {
    if (::write(control_.get(), command.data(), command.size()) != static_cast<ssize_t>(command.size())) fail("telling perf");
    pollfd answer{answers_.get(), POLLIN, 0};
    for (uint64_t waited = 0; waited < kPatience; waited += 100'000'000) {
        if (::poll(&answer, 1, 100) > 0) {
            char said[16];
            if (::read(answers_.get(), said, sizeof said) > 0) return;
        }
        throw_if_interrupted();
        if (ran_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) continue;
        output_of(argv_, ran_.get());
        throw Error(Status::invalid, "perf ended before it was told to");
    }
    throw Error(Status::invalid, fmt::format("perf did not answer '{}'", command.substr(0, command.size() - 1)));
}

} // namespace rxlab
