// SPDX-License-Identifier: GPL-2.0
#include "journal/journal.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "base/whole_file.h"
#include "knobs/knobs.h"
#include "knobs/place.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

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
        for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) sigaddset(&signals, number);
        ::pthread_sigmask(SIG_BLOCK, &signals, &before_);
    }
    ~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_;
};

[[noreturn]] void fail(const std::string& path) {
    const int error = errno;
    throw Error(error == EACCES || error == EPERM ? Status::usage : Status::invalid,
                fmt::format("{}: {}", path, std::strerror(error)),
                error == EACCES || error == EPERM
                    ? "run it as root, or set RXLAB_STATE to a folder of your own"
                    : "");
}

std::string boot_id(Sys& sys) {
    return sys.exists(kBootId) ? read_in(sys, "", kBootId) : "";
}

void sync_directory(const std::string& directory) {
    const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = fd >= 0 && ::fsync(fd) == 0;
    if (fd >= 0) ::close(fd);
    if (!synced) fail(directory);
}

void make_directory(const std::string& directory) {
    const fs::path parent = fs::absolute(directory).parent_path();
    std::error_code error;
    if (!fs::create_directories(parent, error) && error) {
        errno = error.value();
        fail(parent);
    }
    if (::mkdir(directory.c_str(), 0700) && errno != EEXIST) fail(directory);
    sync_directory(parent);
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

/// Nobody but its owner may have written it, and that is us or root.
void require_ours(const std::string& path, const struct stat& status, const std::string& next) {
    const bool ours = status.st_uid == ::geteuid() || status.st_uid == 0;
    if (ours && !(status.st_mode & (S_IWGRP | S_IWOTH))) return;
    throw Error(Status::usage,
                ours ? fmt::format("{}: users besides its owner may write it (mode {:o})", path,
                                   status.st_mode & 07777)
                     : fmt::format("{}: belongs to user {}, not to user {}", path, status.st_uid,
                                   ::geteuid()),
                next);
}

void require_our_folder(const std::string& directory, const std::string& next) {
    struct stat status {};
    if (::stat(directory.c_str(), &status)) fail(directory);
    require_ours(directory, status, next);
}

/// Nothing when it is not there.
std::optional<std::string> read_ours(const std::string& directory, const std::string& path) {
    struct stat status {};
    const Fd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd && errno == ENOENT) return std::nullopt;
    if (!fd && errno == ELOOP)
        throw Error(Status::usage, path + ": is a symbolic link", "look at it, then remove it");
    if (!fd || ::fstat(fd.get(), &status)) fail(path);
    const std::string next =
        "what it says to run was not run; look at it, then remove it, or chown and chmod it";
    require_ours(path, status, next);
    require_our_folder(directory, next);
    return read_whole(fd.get(), path);
}

bool alive(const std::string& pid) {
    const int number = std::atoi(pid.c_str());
    return number <= 0 || ::kill(number, 0) == 0 || errno != ESRCH;
}

/// What a run that was killed had started may still be about to die of it.
void wait_for_lock(const Fd& fd, const std::string& path) {
    for (int tries = 0; ::flock(fd.get(), LOCK_EX | LOCK_NB); tries++) {
        throw_if_interrupted();
        const std::string pid = read_whole(path);
        if (alive(pid))
            throw Error(Status::usage,
                        fmt::format("another rxlab run (process {}) is using this machine", pid),
                        "wait until it has ended, or end it");
        if (tries == 100)
            throw Error(Status::usage,
                        fmt::format("process {} was killed, and what it started still runs", pid),
                        "fuser -v " + path + " names it: end it");
        real_sys().sleep_ns(100'000'000);
    }
}

/// Not to be read by others: a lock on a file can be taken by whoever can open it.
Fd open_lock(const std::string& path) {
    Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd || ::fchmod(fd.get(), 0600)) fail(path);
    return fd;
}

/// Bytes of a line for people: nothing that a terminal obeys.
std::string shown(std::string line) {
    for (char& c : line)
        if (c < ' ' || c > '~') c = '?';
    return line.size() > 300 ? line.substr(0, 300) + "..." : line;
}

}  // namespace

Journal::Journal(Sys& sys, std::string directory)
    : sys_(sys),
      directory_(std::move(directory)),
      tag_(directory_.empty()
               ? ""
               : fmt::format("_{:x}", real_sys().now_ns() ^ (uint64_t(::getpid()) << 44))) {
    load();
}

void Journal::load() {
    if (directory_.empty()) return;
    notes_.clear();
    const std::optional<std::string> text = read_ours(directory_, file());
    page_ = text ? decode_page(*text, boot_id(sys_)) : Page{};
    if (page_.torn)
        notes_.push_back(
            "the journal's last line was torn; the change it announces was never made");
    if (page_.of_other_boots)
        notes_.push_back(fmt::format("the machine was started anew since: {} changes went with it",
                                     page_.of_other_boots));
}

std::vector<std::string> Journal::damage() const {
    std::vector<std::string> lines;
    for (const Page::Damage& damage : page_.damage)
        lines.push_back(fmt::format("{}, {}: {}", file(), damage.why, shown(damage.line)));
    return lines;
}

void Journal::lock() {
    if (directory_.empty() || lock_) return;
    make_directory(directory_);
    // Else what is written now is what restore() will refuse.
    require_our_folder(directory_, "chmod go-w it, or set RXLAB_STATE to a folder of your own");
    const std::string path = directory_ + "/lock";
    Fd fd = open_lock(path);
    wait_for_lock(fd, path);
    // The programs that are started from now on hold it too: it is free when all of them are gone.
    ::fcntl(fd.get(), F_SETFD, 0);
    lock_ = std::move(fd);
    const std::string pid = std::to_string(::getpid());
    if (::ftruncate(lock_.get(), 0) || ::pwrite(lock_.get(), pid.data(), pid.size(), 0) < 0) {
    }        // on a full disk it is a lock all the same
    load();  // another run may have ended between our reading and our lock
}

/// The file as the entries are now: written beside, then renamed.
void Journal::write_whole() {
    if (directory_.empty()) return;
    const std::string text = encode_page(page_, boot_id(sys_)), fresh = file() + ".new";
    ::unlink(fresh.c_str());
    Fd fd(::open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
    if (!fd) fail(fresh);
    if (!write_all(fd.get(), text) || ::rename(fresh.c_str(), file().c_str())) {
        const int error = errno;
        ::unlink(fresh.c_str());
        errno = error;
        fail(fresh);
    }
    sync_directory(directory_);
    fd_ = std::move(fd);
}

void Journal::append(const std::string& line) {
    if (directory_.empty()) return;
    if (!fd_) write_whole();
    const off_t end = ::lseek(fd_.get(), 0, SEEK_END);
    if (write_all(fd_.get(), line)) return;
    const int error = errno;
    if (::ftruncate(fd_.get(), end)) {
    }  // a full disk must not leave half a line before the next one
    errno = error;
    fail(file());
}

void Journal::require_nothing_pending() const {
    if (!page_.damage.empty())
        throw Error(Status::usage, "the journal is damaged: " + damage().front(), "rxlab restore");
    if (!page_.entries.empty())
        throw Error(
            Status::usage,
            fmt::format("{} changes of an earlier run are not undone", page_.entries.size()),
            "rxlab restore");
}

void Journal::record(const Undo& undo) {
    lock();
    if (!page_.damage.empty())
        throw Error(Status::invalid, "the journal is damaged: " + damage().front(),
                    "rxlab restore undoes the rest and says what is left to you");
    append(encode_entry(undo, 1 + page_.entries.size(), boot_id(sys_)));
    page_.entries.push_back(undo);
}

void Journal::set_knob(const std::string& name, const std::string& value) {
    const std::string netns = placed(find_knob(name).object).netns;
    try {
        put_knob(name, value);
    } catch (const Error&) {
        // In a namespace that is yet to be made nobody can be asked for the old value.
        if (reads_back_ || netns.empty()) throw;
        record({.what = name, .netns = netns, .knob = name, .wrote = value});
    }
}

void Journal::put_knob(const std::string& name, const std::string& value) {
    const Knob knob = find_knob(name);
    const std::string before = knob.kind.read(sys_, knob.object);
    if (same_value(before, value)) return;
    check_knob(sys_, knob, value);
    record({.what = name,
            .value = before,
            .netns = placed(knob.object).netns,
            .knob = name,
            .wrote = value});
    knob.kind.write(sys_, knob.object, value);
    if (!reads_back_) return;
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
    if (!reads_back_) return;
    if (const std::string now = read_in(sys_, netns, path); !same_value(now, value))
        throw Error(Status::invalid, fmt::format("{}: wrote '{}', reads '{}'", path, value, now));
}

/// What is left is written down. Where nothing is, the file is cut to its first line, which a full
/// disk allows; and where that fails, the file stays: to undo a thing twice does no harm.
void Journal::forget_undone(std::vector<std::string>& failures) {
    if (directory_.empty()) return;
    const std::string header = encode_header();
    try {
        if (!page_.entries.empty() || !page_.damage.empty()) return write_whole();
        fd_ = Fd(::open(file().c_str(), O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC));
        if (!fd_) return write_whole();
        std::string first(header.size(), '\0');
        if (::pread(fd_.get(), first.data(), first.size(), 0) < 0 || first != header)
            return write_whole();
        if (::ftruncate(fd_.get(), static_cast<off_t>(header.size())) || ::fsync(fd_.get()))
            fail(file());
    } catch (const Error& error) {
        failures.push_back(
            fmt::format("undone, but the journal says so not yet: {}", error.what()));
    }
}

std::vector<std::string> Journal::restore() {
    if (page_.entries.empty() && page_.damage.empty() && !lock_) return {};
    const SignalsHeld held;
    if (lock_ || directory_.empty()) notes_.clear();  // else lock() reads anew, with its own notes
    lock();
    std::vector<std::string> failures;
    std::vector<Undo> left;
    const std::vector<Undo> entries = std::exchange(page_.entries, {});
    for (auto undo = entries.rbegin(); undo != entries.rend(); ++undo) {
        const auto waits_for = std::find_if(left.begin(), left.end(),
                                            [&](const Undo& later) { return needs(later, *undo); });
        if (waits_for != left.end()) {
            notes_.push_back(
                fmt::format("{}: waits until this is undone: {}", undo->what, waits_for->what));
        } else {
            const std::string failure = undo_one(sys_, *undo, notes_);
            if (failure.empty()) continue;
            failures.push_back(failure);
        }
        left.push_back(*undo);
    }
    page_.entries.assign(left.rbegin(), left.rend());
    if (left.size() != entries.size()) forget_undone(failures);
    for (const std::string& line : damage()) failures.push_back(line);
    return failures;
}

void Journal::hand_over(Journal& kept) {
    for (const Undo& undo : page_.entries) kept.record(undo);
    page_.entries.clear();
    std::vector<std::string> failures;
    forget_undone(failures);
    if (!failures.empty()) throw Error(Status::invalid, failures.front(), "rxlab restore");
}

std::string state_directory() {
    const char* folder = std::getenv("RXLAB_STATE");
    return folder && *folder ? folder : "/var/lib/rxlab";
}

std::string kept_directory() {
    return state_directory() + "/kept";
}

}  // namespace rxlab
