// SPDX-License-Identifier: GPL-2.0
#include "sys/child.h"

#include "base/error.h"
#include "base/fd.h"
#include "base/interrupt.h"
#include "sys/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <sys/wait.h>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

namespace rxlab {
namespace {

struct Pipe {
    Fd read, write;
};

Pipe make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC))
        throw Error(Status::invalid, fmt::format("pipe: {}", std::strerror(errno)));
    return {Fd(ends[0]), Fd(ends[1])};
}

/// A child that closes its input early must not kill us.
class NoSigpipe {
public:
    NoSigpipe() {
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &pipe, &before_);
    }
    ~NoSigpipe() {
        const timespec now{};
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        while (::sigtimedwait(&pipe, nullptr, &now) > 0) {
        }
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }

private:
    sigset_t before_;
};

/// Reads what there is; closes at the end of the stream.
void drain(Fd& fd, std::string& text) {
    char buffer[65536];
    const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
    if (n > 0)
        text.append(buffer, n);
    else if (n == 0 || (errno != EINTR && errno != EAGAIN))
        fd.reset();
}

void feed(Fd& fd, const std::string& input, size_t& fed) {
    const ssize_t n = ::write(fd.get(), input.data() + fed, input.size() - fed);
    if (n > 0)
        fed += n;
    else if (errno != EINTR && errno != EAGAIN)
        fed = input.size();
    if (fed == input.size()) fd.reset();
}

/// How long a child may work.
class Limit {
public:
    explicit Limit(double seconds)
        : limited_(seconds > 0),
          end_(Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                  std::chrono::duration<double>(seconds))) {}
    int next_look_ms() const { return limited_ ? 100 : -1; }
    bool reached() const { return limited_ && (interrupted() || Clock::now() >= end_); }

private:
    using Clock = std::chrono::steady_clock;
    bool limited_;
    Clock::time_point end_;
};

/// Until the child has closed its outputs, or the limit is reached.
void exchange(Fd& to, Fd& out, Fd& err, const std::string& input, const Limit& limit,
              CommandResult& ran) {
    size_t fed = 0;
    ::fcntl(to.get(), F_SETFL, O_NONBLOCK);
    if (input.empty()) to.reset();
    while ((out || err || to) && !limit.reached()) {
        pollfd fds[] = {{to.get(), POLLOUT, 0}, {out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}};
        if (::poll(fds, 3, limit.next_look_ms()) <= 0) continue;
        if (fds[0].revents) feed(to, input, fed);
        if (fds[1].revents) drain(out, ran.out);
        if (fds[2].revents) drain(err, ran.err);
    }
}

int exit_status(int wait_status) {
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

}  // namespace

CommandResult run_child(const std::vector<std::string>& argv, const std::string& input,
                        double seconds) {
    const Limit limit(seconds);
    Pipe in = make_pipe(), out = make_pipe(), err = make_pipe();
    CommandResult ran;
    // What may be killed has a process group of its own, so that what it started ends with it.
    Process process({.argv = argv,
                     .foreground = seconds <= 0,
                     .in = in.read.get(),
                     .out = out.write.get(),
                     .err = err.write.get(),
                     .english = true});
    in.read.reset();
    out.write.reset();
    err.write.reset();
    {
        const NoSigpipe guard;
        exchange(in.write, out.read, err.read, input, limit, ran);
    }
    const bool cut_short = out.read || err.read;
    if (cut_short) process.kill();
    ran.status = exit_status(process.wait());
    if (!cut_short) return ran;
    throw_if_interrupted();
    throw Error(Status::invalid,
                fmt::format("{}: not done after {} s, killed", fmt::join(argv, " "), seconds));
}

}  // namespace rxlab
