// SPDX-License-Identifier: GPL-2.0
#include "base/whole_file.h"

#include "base/error.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace rxlab {
namespace {

[[noreturn]] void fail(const std::string& path) {
    const int error = errno;
    throw Error(Status::invalid, fmt::format("{}: {}", path, std::strerror(error)),
                error == EACCES || error == EPERM ? "run it as root" : "");
}

struct Opened {
    explicit Opened(const std::filesystem::path& path)
        // O_NONBLOCK: /dev/kmsg ends with EAGAIN where it would wait for the next message.
        : fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {}
    ~Opened() {
        if (fd >= 0) ::close(fd);
    }
    Opened(const Opened&) = delete;
    int fd;
};

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
    const Opened file(path);
    if (file.fd < 0) fail(path);
    return read_whole(file.fd, path);
}

std::optional<std::string> read_if_there(const std::filesystem::path& path) {
    const Opened file(path);
    if (file.fd >= 0) return read_whole(file.fd, path);
    if (errno != ENOENT) fail(path);
    return std::nullopt;
}

void write_whole(const std::filesystem::path& path, std::string_view bytes) {
    const std::filesystem::path fresh = path.string() + ".new";
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (file && ::rename(fresh.c_str(), path.c_str()) == 0) return;
    const int reason = errno;
    ::unlink(fresh.c_str());
    throw Error(Status::invalid,
                fmt::format("{}: cannot be written: {}", path.string(), std::strerror(reason)),
                "free space there, or choose another folder: --out for results, XDG_CACHE_HOME for "
                "the cache");
}

}  // namespace rxlab
