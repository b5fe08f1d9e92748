// SPDX-License-Identifier: GPL-2.0
#include "sys/fake_sys.h"

#include "base/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <set>

namespace rxlab {
namespace {

/// Files whose content depends on the network namespace of the reader.
bool per_netns(const std::string& path) {
    for (const char* prefix : {"/proc/sys/net/", "/proc/thread-self/net/", "/sys/class/net/"})
        if (path.starts_with(prefix)) return true;
    return false;
}

}  // namespace

std::string FakeSys::key(const std::string& path) const {
    return netns_.empty() || !per_netns(path) ? path : netns_ + ":" + path;
}

void FakeSys::change(const std::string& what) {
    if (changes++ == fail_at) {
        if (failure == Failure::killed) throw Killed();
        if (failure == Failure::error) throw Error(Status::invalid, "failed on purpose: " + what);
    }
    log.push_back(what);
}

std::string FakeSys::read_file(const std::string& path) {
    if (const auto found = frozen.find(key(path)); found != frozen.end()) return found->second;
    const auto found = files.find(key(path));
    if (found == files.end()) throw Error(Status::invalid, path + ": No such file or directory");
    return found->second;
}

void FakeSys::write_file(const std::string& path, const std::string& value) {
    if (!exists(path)) throw Error(Status::invalid, path + ": No such file or directory");
    change(fmt::format("write {} {}", key(path), value));
    if (on_write) return on_write(*this, key(path), value);
    files[key(path)] = value + "\n";
}

std::function<std::string()> FakeSys::reader(const std::string& path) {
    read_file(path);
    return [this, path, netns = netns_] {
        std::string text;
        in_netns(netns, [&] { text = read_file(path); });
        return text;
    };
}

std::function<void(const std::string&)> FakeSys::writer(const std::string& path) {
    if (!exists(path)) throw Error(Status::invalid, path + ": No such file or directory");
    const std::shared_ptr<void> open(nullptr, [this, path](void*) {
        if (on_close) on_close(*this, path);
    });
    return [this, path, open, netns = netns_](const std::string& value) {
        in_netns(netns, [&] { write_file(path, value); });
    };
}

bool FakeSys::exists(const std::string& path) {
    const std::string name = key(path);
    const auto next = files.lower_bound(name);
    return next != files.end() && (next->first == name || next->first.starts_with(name + "/"));
}

std::vector<std::string> FakeSys::list(const std::string& directory) {
    std::set<std::string> names;
    const std::string prefix = key(directory) + "/";
    for (auto file = files.lower_bound(prefix);
         file != files.end() && file->first.starts_with(prefix); ++file)
        names.insert(file->first.substr(prefix.size(),
                                        file->first.find('/', prefix.size()) - prefix.size()));
    return {names.begin(), names.end()};
}

void FakeSys::remove(const std::string& path) {
    change("remove " + key(path));
    files.erase(key(path));
}

CommandResult FakeSys::run(const std::vector<std::string>& argv, const std::string& input,
                           const std::string& netns) {
    change(fmt::format("run {} {}", netns.empty() ? "-" : netns, fmt::join(argv, " ")));
    return on_run ? on_run(*this, {argv, input, netns}) : CommandResult{};
}

CommandResult FakeSys::run_for(double seconds, const std::vector<std::string>& argv) {
    limits.push_back(seconds);
    return run(argv);
}

void FakeSys::in_netns(const std::string& netns, const std::function<void()>& fn) {
    if (netns.empty()) return fn();
    if (!exists("/run/netns/" + netns))
        throw Error(Status::invalid,
                    "network namespace /run/netns/" + netns + ": No such file or directory");
    struct Back {
        std::string& where;
        std::string home;
        ~Back() { where = home; }
    } back{netns_, netns_};
    netns_ = netns;
    fn();
}

void FakeSys::ioctl(const std::string& device, unsigned long request, void* argument) {
    if (!on_ioctl) throw Error(Status::invalid, fmt::format("no {} in this fake machine", device));
    on_ioctl(device, request, argument);
}

std::string FakeSys::netlink(int protocol, const std::string& request) {
    if (!on_netlink) throw Error(Status::invalid, "no netlink in this fake machine");
    return on_netlink(protocol, request);
}

void FakeSys::netlink_change(int protocol, const std::string& request, const std::string& what) {
    change(fmt::format("netlink {} {}", netns_.empty() ? "-" : netns_, what));
    netlink(protocol, request);
}

}  // namespace rxlab
