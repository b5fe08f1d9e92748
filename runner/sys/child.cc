// SPDX-License-Identifier: GPL-2.0
#include "sys/child.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "sys/fd.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

extern char** environ;

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

/// An ordinary user's PATH lacks the folders where ip, tc and nft are.
std::string find_program(const std::string& name) {
    if (name.find('/') != std::string::npos) return name;
    const char* path = std::getenv("PATH");
    std::string folders = std::string(path ? path : "") + ":/usr/sbin:/sbin:/usr/bin:/bin";
    for (size_t start = 0; start <= folders.size();) {
        const size_t end = std::min(folders.find(':', start), folders.size());
        const std::string file = folders.substr(start, end - start) + "/" + name;
        if (end > start && ::access(file.c_str(), X_OK) == 0) return file;
        start = end + 1;
    }
    throw Error(Status::usage, fmt::format("no program '{}' in PATH", name), "make deps");
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
    std::vector<char*> out;
    for (const std::string& text : strings) out.push_back(const_cast<char*>(text.c_str()));
    out.push_back(nullptr);
    return out;
}

std::vector<std::string> english_environment() {
    std::vector<std::string> variables;
    for (char** entry = environ; *entry; entry++)
        if (std::strncmp(*entry, "LC_ALL=", 7) != 0) variables.emplace_back(*entry);
    variables.emplace_back("LC_ALL=C");
    return variables;
}

pid_t spawn(const std::vector<std::string>& argv, const Pipe& in, const Pipe& out,
            const Pipe& err) {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in.read.get(), 0);
    ::posix_spawn_file_actions_adddup2(&actions, out.write.get(), 1);
    ::posix_spawn_file_actions_adddup2(&actions, err.write.get(), 2);
    const std::string file = find_program(argv.at(0));
    const std::vector<std::string> variables = english_environment();
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, file.c_str(), &actions, nullptr, pointers(argv).data(),
                                    pointers(variables).data());
    ::posix_spawn_file_actions_destroy(&actions);
    if (error)
        throw Error(Status::usage,
                    fmt::format("{}: cannot be run: {}", file, std::strerror(error)));
    return pid;
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

int wait_for(pid_t pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

CommandResult run_child(const std::vector<std::string>& argv, const std::string& input,
                        double seconds) {
    const Limit limit(seconds);
    Pipe in = make_pipe(), out = make_pipe(), err = make_pipe();
    CommandResult ran;
    const pid_t pid = spawn(argv, in, out, err);
    in.read.reset();
    out.write.reset();
    err.write.reset();
    {
        const NoSigpipe guard;
        exchange(in.write, out.read, err.read, input, limit, ran);
    }
    const bool cut_short = out.read || err.read;
    if (cut_short) ::kill(pid, SIGKILL);
    ran.status = wait_for(pid);
    if (!cut_short) return ran;
    throw_if_interrupted();
    throw Error(Status::invalid,
                fmt::format("{}: not done after {} s, killed", fmt::join(argv, " "), seconds));
}

}  // namespace rxlab
