// SPDX-License-Identifier: GPL-2.0
#include "target/guest.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "base/error.h"
#include "base/interrupt.h"
#include "sys/fd.h"
#include "target/archive.h"
#include "target/console.h"

namespace rxlab {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kPoll = 0.01;  // seconds between looks at what the guest has written

double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Attachments attachments_for(const WorkFolder& work, const std::string& state, const Json& job,
                            const std::string& archive) {
    write_whole(work.path("plan"), job.dump());
    write_whole(work.path("files"), archive);
    write_whole(work.path("payload"), newc_archive({}));
    return {state,
            work.path("payload"),
            work.path("plan"),
            work.path("files"),
            work.path("results"),
            work.path("console")};
}

off_t size_of(const std::string& path) {
    struct stat st {};
    return ::stat(path.c_str(), &st) == 0 ? st.st_size : 0;
}

// Follows the results file while QEMU writes it.
class Reader {
public:
    Reader(std::string path, GuestRun& run, const OnMessage& on_message, Clock::time_point start)
        : path_(std::move(path)), run_(run), on_message_(on_message), start_(start) {}

    void read_on() {
        if (!file_) file_ = Fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
        char bytes[65536];
        for (ssize_t got; file_ && (got = ::read(file_.get(), bytes, sizeof bytes)) > 0;)
            decoder_.feed({bytes, static_cast<size_t>(got)});
        while (auto message = decoder_.next()) take(*message);
    }
    bool done() const { return done_; }
    size_t damaged() const { return decoder_.skipped() + decoder_.pending(); }

private:
    void take(const Message& message) {
        if (run_.first_message_s == 0) run_.first_message_s = since(start_);
        if (message.type == MessageType::done) done_ = true;
        if (on_message_)
            on_message_(message);
        else
            run_.messages.push_back(message);
    }
    std::string path_;
    GuestRun& run_;
    const OnMessage& on_message_;
    Clock::time_point start_;
    Fd file_;
    MessageDecoder decoder_;
    bool done_ = false;
};

// Watches a running guest; the ending when it has to be stopped from outside, else done.
Ending watch(Process& qemu, const WorkFolder& work, const Limits& limits, Reader& reader) {
    const Clock::time_point start = Clock::now();
    Clock::time_point heard = start;
    off_t seen = 0;
    while (!qemu.wait(kPoll)) {
        throw_if_interrupted();
        reader.read_on();
        const off_t now = size_of(work.path("results")) + size_of(work.path("console"));
        if (now != seen) heard = Clock::now();
        seen = now;
        if (since(start) > limits.timeout_s) return Ending::timeout;
        if (since(heard) > limits.silence_s) return Ending::silence;
    }
    return Ending::done;
}

void explain(GuestRun& run, const Process& qemu, const std::string& qemu_stderr,
             const Limits& limits, const Reader& reader) {
    if (const std::string fault = fault_in(run.console); !fault.empty()) {
        run.ending = Ending::fault;
        run.cause = fault;
    } else if (run.ending == Ending::timeout) {
        run.cause = fmt::format("not finished after {:.0f} s", limits.timeout_s);
    } else if (run.ending == Ending::silence) {
        run.cause = fmt::format("not a word from the guest for {:.0f} s", limits.silence_s);
    } else if (WIFSIGNALED(qemu.status())) {
        run.ending = Ending::killed;
        run.cause = "QEMU was " + describe_exit(qemu.status());
    } else if (reader.damaged()) {
        run.ending = Ending::damaged;
        run.cause =
            fmt::format("{} bytes of the results are truncated or damaged", reader.damaged());
    } else if (!reader.done()) {
        run.ending = Ending::ended_early;
        run.cause =
            fmt::format("QEMU ended ({}) before the guest had finished{}{}",
                        describe_exit(qemu.status()), qemu_stderr.empty() ? "" : ": ", qemu_stderr);
    }
}

// The terminal passes every key on, Ctrl-C too, and is as it was afterwards.
class RawTerminal {
public:
    RawTerminal() {
        if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
        changed_ = true;
        termios raw = before_;
        ::cfmakeraw(&raw);
        ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    }
    ~RawTerminal() {
        if (changed_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    }

private:
    termios before_{};
    bool changed_ = false;
};

}  // namespace

namespace {

GuestRun run_once(const Machine& machine, const std::string& state, const Json& job,
                  const std::string& archive, const Limits& limits, const OnMessage& on_message) {
    const WorkFolder work;
    GuestRun run;
    Attachments attachments = attachments_for(work, state, job, archive);
    if (limits.attribute) attachments.attribution = work.path("attribution");
    const Clock::time_point start = Clock::now();
    Reader reader(attachments.results, run, on_message, start);
    MonitoredQemu monitored(machine, attachments, Start::restore, work.path("stderr"));
    Process& qemu = monitored.process();
    run.ending = watch(qemu, work, limits, reader);
    qemu.kill();
    reader.read_on();
    run.wall_s = since(start);
    run.console = read_if_there(attachments.console).value_or("");
    if (limits.attribute && std::filesystem::exists(attachments.attribution))
        run.attribution = read_whole(attachments.attribution);
    explain(run, qemu, worth_telling(read_if_there(work.path("stderr")).value_or("")), limits,
            reader);
    return run;
}

}  // namespace

GuestRun run_guest(const Machine& machine, const std::string& state, const Json& job,
                   const std::string& archive, const Limits& limits, const OnMessage& on_message) {
    for (int left = kPatchRaceTries;; left--) {
        GuestRun run = run_once(machine, state, job, archive, limits, on_message);
        const bool said_nothing = run.first_message_s == 0 || !on_message;
        if (left == 1 || !said_nothing || !hit_patch_race(machine, run.console)) return run;
    }
}

void run_console(const Machine& machine, const std::string& state, const std::string& archive) {
    const WorkFolder work;
    Attachments attachments = attachments_for(work, state, {{"job", "shell"}}, archive);
    attachments.console = "-";
    const RawTerminal raw;
    MonitoredQemu qemu(machine, attachments, Start::restore, work.path("stderr"), true);
    if (const int status = qemu.process().wait_to_end(); status != 0)
        throw Error(Status::lost,
                    fmt::format("QEMU ended with {}: {}", describe_exit(status),
                                worth_telling(read_if_there(work.path("stderr")).value_or(""))));
}

void throw_unless_done(const GuestRun& run, const std::string& what) {
    for (const Message& message : run.messages) {
        if (message.type != MessageType::error) continue;
        const Json error = Json::parse(message.payload, nullptr, false);
        if (error.is_object())
            throw Error(static_cast<Status>(error.value("status", 5)),
                        what + ": " + error.value("fact", "?"), error.value("next", ""));
    }
    if (run.ending != Ending::done)
        throw Error(Status::lost, what + ": lost: " + run.cause + tail(run.console));
}

}  // namespace rxlab
