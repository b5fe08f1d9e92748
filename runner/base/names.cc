// SPDX-License-Identifier: GPL-2.0
#include "base/names.h"

#include "base/error.h"

#include <fmt/format.h>
#include <net/if.h>
#include <algorithm>
#include <climits>

namespace rxlab {
namespace {

bool is_plain(unsigned char c) {
    return c > ' ' && c != 0x7f && c != '/';
}

bool is_file_name(const std::string& name, size_t most) {
    return !name.empty() && name.size() <= most && name != "." && name != ".." &&
           std::all_of(name.begin(), name.end(), is_plain);
}

/// Bytes that are no printable ASCII become \xNN: a message is text, whatever a name is.
std::string shown(const std::string& name) {
    std::string text;
    for (const unsigned char c : name)
        text += c >= ' ' && c < 0x7f ? std::string(1, static_cast<char>(c))
                                     : fmt::format("\\x{:02x}", c);
    return text;
}

}  // namespace

bool is_interface_name(const std::string& name) {
    return is_file_name(name, IFNAMSIZ - 1) && name.find(':') == std::string::npos;
}

bool is_netns_name(const std::string& name) {
    return is_file_name(name, NAME_MAX);
}

void require_interface_name(const std::string& name) {
    if (!is_interface_name(name))
        throw Error(Status::usage,
                    fmt::format("'{}' is no interface's name: 1 to {} bytes, without '/', ':' and "
                                "blanks, not '.' or '..'",
                                shown(name), IFNAMSIZ - 1),
                    "ip link shows what there is");
}

void require_netns_name(const std::string& name) {
    if (!name.empty() && !is_netns_name(name))
        throw Error(Status::usage,
                    fmt::format("'{}' is no network namespace's name: 1 to {} bytes, without '/' "
                                "and blanks, not '.' or '..'",
                                shown(name), NAME_MAX),
                    "ip netns list shows what there is");
}

}  // namespace rxlab
