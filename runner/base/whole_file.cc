// SPDX-License-Identifier: GPL-2.0
#include "base/whole_file.h"

#include "base/error.h"
#include "base/fd.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace rxlab {
namespace {

[[noreturn]] void fail(const std::string& path) {
    const int error = errno;
    throw Error(Status::invalid, fmt::format("{}: {}", path, std::strerror(error)),
                error == EACCES || error == EPERM ? "run it as root" : "");
}

Fd opened(const std::filesystem::path& path) {
    // O_NONBLOCK: /dev/kmsg ends with EAGAIN where it would wait for the next message.
    return Fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
}

/// False, with errno, unless all of it is on the disk.
bool write_durably(const std::filesystem::path& path, std::string_view bytes) {
    const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    bool whole = static_cast<bool>(file);
    while (whole && !bytes.empty()) {
        const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
        if (count > 0)
            bytes.remove_prefix(static_cast<size_t>(count));
        else
            whole = count < 0 && errno == EINTR;
    }
    return whole && ::fsync(file.get()) == 0;
}

/// So that the new name outlives a loss of power; where a file system cannot, only that is lost.
void sync_folder(const std::filesystem::path& folder) {
    const Fd file(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ::fsync(file.get());
}

}  // namespace

std::string read_whole(int fd, const std::string& name) {
    std::string text;
    char buffer[65536];
    for (;;) {
        const ssize_t n = ::read(fd, buffer, sizeof buffer);
        if (n > 0)
            text.append(buffer, static_cast<size_t>(n));
        else if (n == 0 || errno == EAGAIN)
            return text;
        else if (errno != EINTR && errno != EPIPE)
            fail(name);  // EPIPE: a kmsg record was overwritten meanwhile
    }
}

std::string read_whole(const std::filesystem::path& path) {
    const Fd file = opened(path);
    if (!file) fail(path);
    return read_whole(file.get(), path);
}

std::optional<std::string> read_if_there(const std::filesystem::path& path) {
    const Fd file = opened(path);
    if (file) return read_whole(file.get(), path);
    if (errno != ENOENT) fail(path);
    return std::nullopt;
}

void write_whole(const std::filesystem::path& path, std::string_view bytes) {
    const std::filesystem::path fresh = path.string() + ".new";
    if (write_durably(fresh, bytes) && ::rename(fresh.c_str(), path.c_str()) == 0) {
        sync_folder(path.parent_path());
        return;
    }
    const int reason = errno;
    ::unlink(fresh.c_str());
    throw Error(Status::invalid,
                fmt::format("{}: cannot be written: {}", path.string(), std::strerror(reason)),
                "free space there, or choose another folder: --out for results, XDG_CACHE_HOME for "
                "the cache");
}

void make_folder(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        throw Error(Status::invalid,
                    fmt::format("{}: cannot be made: {}", folder.string(), error.message()),
                    "choose another folder");
}

}  // namespace rxlab
