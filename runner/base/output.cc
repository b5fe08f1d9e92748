// SPDX-License-Identifier: GPL-2.0
#include "base/output.h"

#include "base/error.h"
#include "base/interrupt.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <system_error>

namespace rxlab {
namespace {

/// Why a write failed; 0: none did, or it is not known.
int reason_out = 0, reason_err = 0;

void on_broken_pipe(int) {}  // the write says EPIPE

bool is_verdict(int status) {
    return status == static_cast<int>(Status::ok) || status == static_cast<int>(Status::worse) ||
           status == static_cast<int>(Status::inconclusive);
}

[[noreturn]] void end_by_sigpipe() {
    ::signal(SIGPIPE, SIG_DFL);
    ::raise(SIGPIPE);
    ::_exit(128 + SIGPIPE);  // it is blocked
}

/// A stream keeps only that a write failed: one byte more says why.
int reason_of(std::FILE* stream, int known) {
    if (!std::ferror(stream) || known) return known;
    std::fputc('\n', stream);
    return std::fflush(stream) == 0 ? EIO : errno;
}

}  // namespace

void open_standard_streams() {
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (::fcntl(fd, F_GETFD) < 0)  // the wrong way round, so that using it still fails
            (void)!::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    struct sigaction action {};
    action.sa_handler = on_broken_pipe;  // not ignored: what we start would ignore it, too
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGPIPE, &action, nullptr);
}

void tell_text(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stderr) == text.size()) return;
    reason_err = errno;
    if (reason_err == EPIPE) interrupt();  // "2>&1 | head": what would be told has no reader
}

void flush_output() {
    const int failed = std::fflush(stdout) == 0 ? 0 : errno;
    reason_out = reason_of(stdout, failed);
    if (!reason_out) return;
    throw std::system_error(reason_out, std::generic_category(), "standard output");
}

bool output_was_lost() {
    return std::ferror(stdout) || std::ferror(stderr);
}

int finish_output(int status) {
    if (std::fflush(stdout) != 0) reason_out = errno;
    reason_out = reason_of(stdout, reason_out);
    if (reason_out == EPIPE || reason_err == EPIPE) end_by_sigpipe();
    if (!output_was_lost()) return status;
    if (reason_out)
        tell("rxlab: standard output cannot be written: {}\n", std::strerror(reason_out));
    return is_verdict(status) ? static_cast<int>(Status::invalid) : status;
}

}  // namespace rxlab
