// SPDX-License-Identifier: GPL-2.0
#include "sys/device.h"

#include "base/error.h"
#include "base/names.h"

#include <fmt/format.h>
#include <linux/magic.h>
#include <net/if.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

namespace rxlab {
namespace {

constexpr const char* kNamed = "/run/netns";

std::string here_or(const std::string& netns) {
    return netns.empty() ? "here" : "in network namespace " + netns;
}

/// Is there one of that name now? Empty: always.
bool has_namespace(const std::string& netns) {
    struct statfs info {};
    return netns.empty() || (!::statfs(fmt::format("{}/{}", kNamed, netns).c_str(), &info) &&
                             info.f_type == NSFS_MAGIC);
}

/// None in a namespace that was removed meanwhile; any other error is one.
std::vector<NetDevice> devices_still_in(Sys& sys, const std::string& netns) {
    try {
        return devices_in(sys, netns);
    } catch (const Error&) {
        if (has_namespace(netns)) throw;
        return {};
    }
}

}  // namespace

uint64_t namespace_id(const std::string& netns) {
    require_netns_name(netns);
    struct stat info {};
    const std::string path =
        netns.empty() ? "/proc/thread-self/ns/net" : fmt::format("{}/{}", kNamed, netns);
    if (::stat(path.c_str(), &info))
        throw Error(Status::usage,
                    fmt::format("network namespace '{}': {}", netns, std::strerror(errno)),
                    "ip netns list shows what there is");
    return info.st_ino;
}

NetDevice device_of(Sys& sys, const std::string& netns, const std::string& interface) {
    require_interface_name(interface);
    NetDevice device{netns, interface, 0, namespace_id(netns)};
    sys.in_netns(netns, [&] { device.index = ::if_nametoindex(interface.c_str()); });
    if (!device.index)
        throw Error(Status::usage, fmt::format("no interface '{}' {}", interface, here_or(netns)),
                    fmt::format("ip {}link shows what there is",
                                netns.empty() ? "" : fmt::format("-n {} ", netns)));
    return device;
}

std::vector<NetDevice> devices_in(Sys& sys, const std::string& netns) {
    const uint64_t id = namespace_id(netns);
    std::vector<NetDevice> devices;
    sys.in_netns(netns, [&] {
        const std::unique_ptr<struct if_nameindex, void (*)(struct if_nameindex*)> all(
            ::if_nameindex(), ::if_freenameindex);
        for (const struct if_nameindex* one = all.get(); one && one->if_index; one++)
            devices.push_back({netns, one->if_name, one->if_index, id});
    });
    return devices;
}

std::vector<std::string> named_namespaces() {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(kNamed, none))
        if (is_netns_name(entry.path().filename()) && has_namespace(entry.path().filename()))
            names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<NetDevice> devices_everywhere(Sys& sys) {
    std::vector<NetDevice> all = devices_in(sys, "");
    for (const std::string& netns : named_namespaces())
        for (NetDevice& device : devices_still_in(sys, netns)) all.push_back(std::move(device));
    return all;
}

bool is_there(Sys& sys, const NetDevice& device) {
    const std::vector<NetDevice> all = devices_still_in(sys, device.netns);
    return std::any_of(all.begin(), all.end(),
                       [&](const NetDevice& one) { return one.index == device.index; });
}

}  // namespace rxlab
