// SPDX-License-Identifier: GPL-2.0
#include "sys/real_sys.h"

#include "base/error.h"
#include "base/fd.h"
#include "base/printable.h"
#include "base/whole_file.h"
#include "sys/child.h"
#include "sys/ethtool.h"
#include "sys/netlink_message.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/mount.h>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace rxlab {
namespace {

[[noreturn]] void fail(const std::string& fact, std::string next = {}) {
    const int error = errno;
    if (next.empty() && (error == EACCES || error == EPERM)) next = "run it as root";
    throw Error(error == EINTR ? Status::interrupted : Status::invalid,
                fmt::format("{}: {}", fact, std::strerror(error)), std::move(next));
}

Fd mount_sysfs() {
    const Fd context(static_cast<int>(::syscall(SYS_fsopen, "sysfs", FSOPEN_CLOEXEC)));
    if (!context ||
        ::syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0))
        fail("sysfs of a network namespace");
    Fd mount(static_cast<int>(::syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, 0)));
    if (!mount) fail("sysfs of a network namespace");
    return mount;
}

/// sysfs of the namespace this thread has entered: /sys shows the namespace it was mounted from, so
/// inside in_netns() a mount of its own, attached nowhere, takes its place. Mounted when first
/// asked for: a mount leaves work behind that the kernel does after a grace period, perhaps in a
/// measured window. Null: /sys itself is right.
thread_local Fd* own_sysfs = nullptr;
constexpr size_t kMostShown = 100;  // bytes of a value in a message
constexpr const char* kNetClass = "/sys/class/net";

struct Place {
    int folder;
    std::string path;
};

Place place_of(const std::string& path) {
    if (!own_sysfs || !path.starts_with(kNetClass)) return {AT_FDCWD, path};
    if (!*own_sysfs) *own_sysfs = mount_sysfs();
    return {own_sysfs->get(), path.substr(5)};
}

int open_at(const std::string& path, int flags) {
    const Place place = place_of(path);
    return ::openat(place.folder, place.path.c_str(), flags | O_CLOEXEC);
}

Fd open_or_fail(const std::string& path, int flags) {
    Fd fd(open_at(path, flags));
    if (!fd) fail(path);
    return fd;
}

/// Binary files of sysfs take a page at a time, so a short write goes on; one that cannot is an
/// error that tells how far it came.
void write_all(int fd, const std::string& path, const std::string& value) {
    for (size_t done = 0;;) {
        const ssize_t n = ::write(fd, value.data() + done, value.size() - done);
        if (n > 0) done += static_cast<size_t>(n);
        if (n >= 0 && done == value.size()) return;
        if (n > 0 || (n < 0 && errno == EINTR && done > 0)) continue;
        if (n == 0) errno = EIO;
        const std::string_view shown(value.data(), value.find_last_not_of('\n') + 1);
        fail(fmt::format("{}: writing '{}'{}", path, printable(shown, kMostShown),
                         done ? fmt::format(", {} of {} bytes written", done, value.size()) : ""));
    }
}

/// Brings the thread back to where it was, whatever happens.
class NetnsGuard {
public:
    explicit NetnsGuard(const std::string& netns)
        : home_(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)), sysfs_home_(own_sysfs) {
        const std::string path = "/run/netns/" + netns;
        const Fd there(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!home_ || !there || ::setns(there.get(), CLONE_NEWNET))
            fail("network namespace " + path);
        own_sysfs = &sysfs_;
    }
    ~NetnsGuard() {
        ::setns(home_.get(), CLONE_NEWNET);
        own_sysfs = sysfs_home_;
    }
    NetnsGuard(const NetnsGuard&) = delete;
    NetnsGuard& operator=(const NetnsGuard&) = delete;

private:
    Fd home_, sysfs_;
    Fd* sysfs_home_;
};

/// A socket whose errors come with the kernel's own words, and without the request again.
Fd netlink_socket(int protocol) {
    Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
    if (!socket) fail("netlink socket");
    const int on = 1;
    for (const int option : {NETLINK_EXT_ACK, NETLINK_CAP_ACK})
        ::setsockopt(socket.get(), SOL_NETLINK, option, &on, sizeof on);
    return socket;
}

void send_request(int socket, const std::string& request) {
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    if (::sendto(socket, request.data(), request.size(), 0, reinterpret_cast<sockaddr*>(&kernel),
                 sizeof kernel) < 0)
        fail("netlink request");
}

/// Is `messages` the answer's end? @throws Error for the kernel's refusal.
bool ends_answer(const std::string& messages) {
    bool ends = false;
    for_each_message(messages, [&](nlmsghdr* message) {
        if (const auto refusal = refusal_in(message); refusal && refusal->number) {
            errno = refusal->number;
            fail("the kernel refuses" + (refusal->words.empty() ? "" : ": " + refusal->words));
        }
        ends = ends || message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE ||
               !(message->nlmsg_flags & NLM_F_MULTI);
    });
    return ends;
}

}  // namespace

std::string RealSys::read_file(const std::string& path) {
    // O_NONBLOCK: /dev/kmsg ends with EAGAIN where it would wait for the next message.
    return read_whole(open_or_fail(path, O_RDONLY | O_NONBLOCK).get(), path);
}

void RealSys::write_file(const std::string& path, const std::string& value) {
    write_all(open_or_fail(path, O_WRONLY).get(), path, value);
}

std::function<std::string()> RealSys::reader(const std::string& path) {
    const auto fd = std::make_shared<Fd>(open_or_fail(path, O_RDONLY));
    return [fd, path] {
        if (::lseek(fd->get(), 0, SEEK_SET)) fail(path);
        return read_whole(fd->get(), path);
    };
}

std::function<void(const std::string&)> RealSys::writer(const std::string& path) {
    const auto fd = std::make_shared<Fd>(open_or_fail(path, O_WRONLY));
    return [fd, path](const std::string& value) {
        ::lseek(fd->get(), 0, SEEK_SET);  // a sysctl ignores what is written behind its start
        write_all(fd->get(), path, value);
    };
}

bool RealSys::exists(const std::string& path) {
    const Place place = place_of(path);
    struct stat ignored {};
    return ::fstatat(place.folder, place.path.c_str(), &ignored, AT_SYMLINK_NOFOLLOW) == 0;
}

std::vector<std::string> RealSys::list(const std::string& directory) {
    const int fd = open_at(directory, O_RDONLY | O_DIRECTORY);
    if (fd < 0) fail(directory);
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::fdopendir(fd), ::closedir);
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(folder.get()))
        if (std::strcmp(entry->d_name, ".") && std::strcmp(entry->d_name, ".."))
            names.emplace_back(entry->d_name);
    std::sort(names.begin(), names.end());
    return names;
}

void RealSys::remove(const std::string& path) {
    if (::unlink(path.c_str()) && errno != ENOENT) fail(path);
}

CommandResult RealSys::run(const std::vector<std::string>& argv, const std::string& input,
                           const std::string& netns) {
    CommandResult ran;
    in_netns(netns, [&] { ran = run_child(argv, input); });
    return ran;
}

CommandResult RealSys::run_for(double seconds, const std::vector<std::string>& argv) {
    return run_child(argv, {}, seconds);
}

void RealSys::in_netns(const std::string& netns, const std::function<void()>& fn) {
    if (netns.empty()) return fn();
    const NetnsGuard guard(netns);
    fn();
}

void RealSys::ioctl(const std::string& device, unsigned long request, void* argument) {
    const Fd file(device == kSocket ? ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)
                                    : ::open(device.c_str(), O_RDWR | O_CLOEXEC));
    if (!file) fail(device);
    if (::ioctl(file.get(), request, argument) == 0) return;
    if (errno == EINTR) throw Error(Status::interrupted, device + ": interrupted");
    fail(device);
}

std::string RealSys::netlink(int protocol, const std::string& request) {
    const Fd socket = netlink_socket(protocol);
    send_request(socket.get(), request);
    std::string answer;
    std::vector<char> buffer(1 << 17);
    for (;;) {
        const ssize_t n = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fail("netlink answer");
        const std::string part(buffer.data(), n);
        answer += part;
        if (ends_answer(part)) return answer;
    }
}

void RealSys::netlink_change(int protocol, const std::string& request, const std::string&) {
    netlink(protocol, request);
}

uint64_t RealSys::now_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

void RealSys::sleep_until(uint64_t when_ns) {
    const timespec when{static_cast<time_t>(when_ns / 1'000'000'000),
                        static_cast<long>(when_ns % 1'000'000'000)};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, nullptr);
}

Sys& real_sys() {
    static RealSys sys;
    return sys;
}

}  // namespace rxlab
