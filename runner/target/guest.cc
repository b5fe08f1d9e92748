// SPDX-License-Identifier: GPL-2.0
#include "target/guest.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>

#include "base/bounded_json.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/interrupt.h"
#include "base/printable.h"
#include "base/steady.h"
#include "target/archive.h"
#include "target/console.h"

namespace rxlab {
namespace {

constexpr double kPoll = 0.01;         // seconds between looks at what the guest has written
constexpr size_t kOneLook = 4u << 20;  // bytes; then limits are looked at again
constexpr size_t kMostErrorText = 4000;
constexpr off_t kMostStderr = 16384;  // QEMU's

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
    Reader(std::string path, GuestRun& run, const OnMessage& on_message, Steady::time_point start)
        : path_(std::move(path)), run_(run), on_message_(on_message), start_(start) {}

    /// At most `most` bytes. Messages are taken out between reads, so that what is held is one.
    void read_on(size_t most = kOneLook) {
        if (!file_) file_ = Fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
        char bytes[65536];
        for (ssize_t got; file_ && most >= sizeof bytes && !flooded(); most -= sizeof bytes) {
            if ((got = ::read(file_.get(), bytes, sizeof bytes)) <= 0) return;
            read_ += static_cast<size_t>(got);
            decoder_.feed({bytes, static_cast<size_t>(got)});
            while (auto message = decoder_.next()) take(std::move(*message));
        }
    }
    bool done() const { return done_; }
    bool flooded() const { return !on_message_ && read_ > kMostResults; }
    size_t damaged() const { return decoder_.skipped() + decoder_.pending(); }

private:
    void take(Message message) {
        if (run_.first_message_s == 0) run_.first_message_s = seconds_since(start_);
        if (message.type == MessageType::done) done_ = true;
        if (on_message_)
            on_message_(message);
        else
            run_.messages.push_back(std::move(message));
    }
    std::string path_;
    GuestRun& run_;
    const OnMessage& on_message_;
    Steady::time_point start_;
    Fd file_;
    MessageDecoder decoder_;
    size_t read_ = 0;
    bool done_ = false;
};

std::string end_of(const std::string& path, off_t most) {
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return {};
    const off_t size = size_of(path), from = std::max<off_t>(0, size - most);
    std::string bytes(static_cast<size_t>(size - from), '\0');
    const ssize_t got = ::pread(file.get(), bytes.data(), bytes.size(), from);
    bytes.resize(static_cast<size_t>(std::max<ssize_t>(0, got)));
    return bytes;
}

// Watches a running guest; the ending when it has to be stopped from outside, else done.
Ending watch(Process& qemu, const WorkFolder& work, const Limits& limits, Reader& reader,
             Steady::time_point start) {
    Steady::time_point heard = Steady::now();
    off_t seen = 0;
    while (!qemu.wait(kPoll)) {
        throw_if_interrupted();
        reader.read_on();
        const off_t console = size_of(work.path("console"));
        const off_t now = size_of(work.path("results")) + console;
        if (reader.flooded() || console > off_t{kMostConsole}) return Ending::flood;
        if (now != seen) heard = Steady::now();
        seen = now;
        if (seconds_since(start) > limits.timeout_s) return Ending::timeout;
        if (seconds_since(heard) > limits.silence_s) return Ending::silence;
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
    } else if (run.ending == Ending::flood || reader.flooded()) {
        run.ending = Ending::flood;
        run.cause = fmt::format("more than {} MiB of results or {} MiB of console",
                                kMostResults >> 20, kMostConsole >> 20);
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
    const Steady::time_point start = Steady::now();
    Reader reader(attachments.results, run, on_message, start);
    MonitoredQemu monitored(machine, attachments, Start::restore, work.path("stderr"), false,
                            limits.timeout_s);
    Process& qemu = monitored.process();
    run.ending = watch(qemu, work, limits, reader, start);
    qemu.kill();
    reader.read_on(std::numeric_limits<size_t>::max());
    run.wall_s = seconds_since(start);
    run.cpu_s = qemu.cpu_s();
    run.console = end_of(attachments.console, kMostConsole);
    if (limits.attribute && std::filesystem::exists(attachments.attribution))
        run.attribution = read_whole(attachments.attribution);
    explain(run, qemu, printable(worth_telling(end_of(work.path("stderr"), kMostStderr))), limits,
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

namespace {

// A guest cannot end a run as a success, as interrupted, or as a verdict.
Status status_of(const Json& error) {
    const auto status = error.find("status");
    if (status == error.end() || !status->is_number_integer()) return Status::lost;
    for (const Status known : {Status::usage, Status::invalid})
        if (*status == static_cast<int>(known)) return known;
    return Status::lost;
}

std::string text_of(const Json& error, const char* name) {
    const auto text = error.find(name);
    return text != error.end() && text->is_string()
               ? printable(text->get_ref<const std::string&>(), kMostErrorText)
               : "";
}

[[noreturn]] void throw_error(const Message& message, const std::string& what) {
    Json error;
    try {
        error = parse_bounded(message.payload);
    } catch (const Error& unreadable) {
        throw Error(Status::lost,
                    fmt::format("{}: an error that cannot be read: {}", what, unreadable.what()));
    }
    if (!error.is_object()) error = Json::object();
    const std::string fact = text_of(error, "fact");
    throw Error(status_of(error), what + ": " + (fact.empty() ? "?" : fact),
                text_of(error, "next"));
}

}  // namespace

void throw_unless_done(const GuestRun& run, const std::string& what) {
    for (const Message& message : run.messages)
        if (message.type == MessageType::error) throw_error(message, what);
    if (run.ending != Ending::done)
        throw Error(Status::lost, what + ": lost: " + run.cause + tail(run.console));
}

Observation observation_of(const GuestRun& run, const Trial& trial, const std::string& what) {
    throw_unless_done(run, what);
    const auto message =
        std::find_if(run.messages.begin(), run.messages.end(),
                     [](const Message& each) { return each.type == MessageType::observation; });
    if (message == run.messages.end())
        throw Error(Status::lost,
                    what + ": the guest ended without an observation" + tail(run.console));
    Observation observation;
    try {
        observation = observation_from_json(printable_json(parse_bounded(message->payload)));
    } catch (const std::exception& error) {
        throw Error(Status::lost, fmt::format("{}: its observation cannot be used: {}", what,
                                              printable(error.what(), kMostErrorText)));
    }
    if (to_json(observation.trial) != to_json(trial))
        throw Error(Status::lost, fmt::format("{}: the observation is of another trial ({})", what,
                                              observation.trial.id));
    return observation;
}

int exit_status_of(const Message& message) {
    int status = -1;
    const std::string& text = message.payload;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
    if (error != std::errc() || end != text.data() + text.size() || status < 0 || status > 255)
        throw Error(Status::lost,
                    fmt::format("the guest gave '{}' as an exit status", printable(text, 60)));
    return status;
}

}  // namespace rxlab
