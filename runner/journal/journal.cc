// SPDX-License-Identifier: GPL-2.0
#include "journal/journal.h"

#include "base/error.h"
#include "knobs/knobs.h"
#include "knobs/place.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

constexpr const char* kBootId = "/proc/sys/kernel/random/boot_id";

/// Signals wait until this is over; programs started meanwhile inherit that, so Ctrl-C does not end
/// them half-way.
class SignalsHeld {
public:
    SignalsHeld() {
        sigset_t signals;
        sigemptyset(&signals);
        for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, number);
        ::pthread_sigmask(SIG_BLOCK, &signals, &before_);
    }
    ~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_;
};

[[noreturn]] void fail(const std::string& path) {
    const int error = errno;
    throw Error(Status::invalid, fmt::format("{}: {}", path, std::strerror(error)),
                error == EACCES || error == EPERM
                    ? "run it as root, or set RXLAB_STATE to a folder of your own"
                    : "");
}

std::string boot_id(Sys& sys) {
    return sys.exists(kBootId) ? read_in(sys, "", kBootId) : "";
}

std::string whole_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void sync_directory(const std::string& directory) {
    const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = fd >= 0 && ::fsync(fd) == 0;
    if (fd >= 0) ::close(fd);
    if (!synced) fail(directory);
}

void make_directory(const std::string& directory) {
    std::error_code error;
    if (!fs::create_directories(directory, error) && error) {
        errno = error.value();
        fail(directory);
    }
    sync_directory(fs::absolute(directory).parent_path());
}

bool write_all(int fd, const std::string& text) {
    size_t done = 0;
    while (done < text.size()) {
        const ssize_t n = ::write(fd, text.data() + done, text.size() - done);
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) done += n;
    }
    return ::fsync(fd) == 0;
}

Json to_json(const Undo& undo) {
    Json json{{"what", undo.what}};
    const auto put = [&](const char* key, const std::string& value) {
        if (!value.empty()) json[key] = value;
    };
    put("path", undo.path);
    put("knob", undo.knob);
    if (!undo.path.empty() || !undo.knob.empty()) json["value"] = undo.value;
    put("netns", undo.netns);
    put("done_if_absent", undo.done_if_absent);
    put("wrote", undo.wrote);
    if (!undo.argv.empty()) json["argv"] = undo.argv;
    return json;
}

Undo undo_from_json(const Json& json) {
    Undo undo;
    undo.what = json.at("what");
    undo.path = json.value("path", "");
    undo.knob = json.value("knob", "");
    undo.value = json.value("value", "");
    undo.netns = json.value("netns", "");
    undo.done_if_absent = json.value("done_if_absent", "");
    undo.wrote = json.value("wrote", "");
    undo.argv = json.value("argv", std::vector<std::string>{});
    return undo;
}

std::string line_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// Writes the old value back and reads it again, by whichever functions reach the setting.
void put_back(const Undo& undo, const std::function<std::string()>& read,
              const std::function<void()>& write, std::vector<std::string>& notes) {
    const std::string found = read();
    if (same_value(found, undo.value)) return;
    if (!undo.wrote.empty() && !same_value(found, undo.wrote))
        notes.push_back(
            fmt::format("{}: someone else changed it to '{}' meanwhile; it is '{}' again",
                        undo.what, found, undo.value));
    write();
    if (const std::string now = read(); !same_value(now, undo.value))
        throw Error(Status::invalid, fmt::format("wrote '{}', reads '{}'", undo.value, now));
}

void undo_knob(Sys& sys, const Undo& undo, std::vector<std::string>& notes) {
    const Knob knob = find_knob(undo.knob);
    put_back(
        undo, [&] { return knob.kind.read(sys, knob.object); },
        [&] { knob.kind.write(sys, knob.object, undo.value); }, notes);
}

void undo_path(Sys& sys, const Undo& undo, std::vector<std::string>& notes) {
    put_back(
        undo, [&] { return read_in(sys, undo.netns, undo.path); },
        [&] { write_in(sys, undo.netns, undo.path, undo.value); }, notes);
}

bool absent(Sys& sys, const Undo& undo) {
    if (!undo.netns.empty() && !sys.exists("/run/netns/" + undo.netns)) return true;
    bool gone = false;
    if (!undo.done_if_absent.empty())
        sys.in_netns(undo.netns, [&] { gone = !sys.exists(undo.done_if_absent); });
    return gone;
}

void undo_command(Sys& sys, const Undo& undo) {
    run_or_throw(sys, undo.argv, {}, undo.netns);
    if (!undo.done_if_absent.empty() && !absent(sys, undo))
        throw Error(Status::invalid, undo.done_if_absent + " is still there");
}

/// Empty, or why it could not be undone.
std::string undo_one(Sys& sys, const Undo& undo, std::vector<std::string>& notes) {
    try {
        if (absent(sys, undo)) return "";
        if (!undo.knob.empty())
            undo_knob(sys, undo, notes);
        else if (!undo.path.empty())
            undo_path(sys, undo, notes);
        if (!undo.argv.empty()) undo_command(sys, undo);
        return "";
    } catch (const std::exception& error) {
        return fmt::format("{}: {}", undo.what, error.what());
    }
}

}  // namespace

Journal::Journal(Sys& sys, std::string directory) : sys_(sys), directory_(std::move(directory)) {
    load();
}

Journal::~Journal() {
    if (fd_ >= 0) ::close(fd_);
    if (lock_fd_ >= 0) ::close(lock_fd_);
}

void Journal::load() {
    if (directory_.empty()) return;
    entries_.clear();
    const std::string text = whole_file(directory_ + "/journal.jsonl");
    std::string boot;
    for (size_t start = 0, end; start < text.size(); start = end + 1) {
        end = text.find('\n', start);
        const Json json = end == std::string::npos
                              ? Json()
                              : Json::parse(text.substr(start, end - start), nullptr, false);
        if (json.is_object() && json.contains("boot"))
            boot = json["boot"];
        else if (json.is_object() && json.contains("what"))
            entries_.push_back(undo_from_json(json));
        else
            notes_.push_back(
                "the journal's last line was torn; the change it announces was never made");
        if (end == std::string::npos) break;
    }
    if (!entries_.empty() && boot != boot_id(sys_)) {
        notes_.push_back(fmt::format("the machine was started anew since: {} changes went with it",
                                     entries_.size()));
        entries_.clear();
    }
}

void Journal::lock() {
    if (directory_.empty() || lock_fd_ >= 0) return;
    make_directory(directory_);
    const std::string path = directory_ + "/lock";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) fail(path);
    if (::flock(fd, LOCK_EX | LOCK_NB)) {
        ::close(fd);
        throw Error(
            Status::usage,
            fmt::format("another rxlab run (process {}) is using this machine", whole_file(path)),
            "wait until it has ended, or end it");
    }
    lock_fd_ = fd;
    const std::string pid = std::to_string(::getpid());
    if (::ftruncate(fd, 0) || ::pwrite(fd, pid.data(), pid.size(), 0) < 0) fail(path);
    notes_.clear();
    load();  // another run may have ended between our reading and our lock
    write_whole();
}

/// The file as the entries are now: written beside, then renamed.
void Journal::write_whole() {
    if (directory_.empty()) return;
    std::string text = line_of({{"boot", boot_id(sys_)}});
    for (const Undo& undo : entries_) text += line_of(to_json(undo));
    const std::string path = directory_ + "/journal.jsonl", fresh = path + ".new";
    const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) fail(fresh);
    if (!write_all(fd, text) || ::rename(fresh.c_str(), path.c_str())) {
        ::close(fd);
        fail(fresh);
    }
    sync_directory(directory_);
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
}

void Journal::append(const std::string& line) {
    if (directory_.empty()) return;
    const off_t end = ::lseek(fd_, 0, SEEK_END);
    if (write_all(fd_, line)) return;
    const int error = errno;
    if (::ftruncate(fd_, end)) {
    }  // a full disk must not leave half a line before the next one
    errno = error;
    fail(directory_ + "/journal.jsonl");
}

void Journal::record(const Undo& undo) {
    lock();
    append(line_of(to_json(undo)));
    entries_.push_back(undo);
}

void Journal::set_knob(const std::string& name, const std::string& value) {
    const Knob knob = find_knob(name);
    const std::string before = knob.kind.read(sys_, knob.object);
    if (same_value(before, value)) return;
    record({.what = name,
            .value = before,
            .netns = placed(knob.object).netns,
            .knob = name,
            .wrote = value});
    knob.kind.write(sys_, knob.object, value);
    if (const std::string now = knob.kind.read(sys_, knob.object); !same_value(now, value))
        throw Error(Status::invalid, fmt::format("{}: wrote '{}', reads '{}'", name, value, now),
                    "the kernel limits this value");
}

void Journal::write_file(const std::string& what, const std::string& path, const std::string& value,
                         const std::string& netns) {
    const std::string before = read_in(sys_, netns, path);
    if (same_value(before, value)) return;
    record({.what = what, .path = path, .value = before, .netns = netns, .wrote = value});
    write_in(sys_, netns, path, value);
    if (const std::string now = read_in(sys_, netns, path); !same_value(now, value))
        throw Error(Status::invalid, fmt::format("{}: wrote '{}', reads '{}'", path, value, now));
}

std::vector<std::string> Journal::restore() {
    if (entries_.empty() && lock_fd_ < 0) return {};
    const SignalsHeld held;
    lock();
    notes_.clear();
    std::vector<std::string> failures;
    std::vector<Undo> left;
    for (auto undo = entries_.rbegin(); undo != entries_.rend(); ++undo) {
        const std::string failure = undo_one(sys_, *undo, notes_);
        if (failure.empty()) continue;
        failures.push_back(failure);
        left.push_back(*undo);
    }
    const bool changed = left.size() != entries_.size();
    entries_.assign(left.rbegin(), left.rend());
    if (changed) write_whole();
    return failures;
}

std::string state_directory() {
    const char* folder = std::getenv("RXLAB_STATE");
    return folder && *folder ? folder : "/var/lib/rxlab";
}

}  // namespace rxlab
