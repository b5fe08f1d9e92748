// SPDX-License-Identifier: GPL-2.0
#include "knobs/place.h"

#include "base/cpu_list.h"
#include "base/error.h"
#include "knobs/knobs.h"

#include <fmt/format.h>
#include <sstream>

namespace rxlab {
namespace {

std::string single_spaced(const std::string& text) {
    std::istringstream words(text);
    std::string out;
    for (std::string word; words >> word;) out += (out.empty() ? "" : " ") + word;
    return out;
}

}  // namespace

Placed placed(const std::string& object) {
    const size_t colon = object.find(':');
    if (object.empty() || object[0] != '@') return {"", object};
    if (colon == std::string::npos || colon < 2)
        throw Error(Status::usage,
                    fmt::format("knob object '{}': expected '@NAMESPACE:OBJECT'", object),
                    "e.g. @dut:net.ipv4.ip_forward");
    return {"rxlab-" + object.substr(1, colon - 1), object.substr(colon + 1)};
}

void validate_characters(const std::string& kind, const std::string& object,
                         const std::string& also) {
    const auto refuse = [&](const std::string& why) {
        throw Error(Status::usage, fmt::format("knob {}:{}: {}", kind, object, why));
    };
    const std::string name = placed(object).object;
    if (name.empty()) refuse("names nothing");
    if (name.find("..") != std::string::npos) refuse("'..' is not allowed");
    for (const char c : name)
        if (!std::isalnum(static_cast<unsigned char>(c)) && also.find(c) == std::string::npos)
            refuse(fmt::format("character '{}' is not allowed", c));
    const std::string netns = placed(object).netns;
    if (!netns.empty() && netns != "rxlab-dut" && netns != "rxlab-gen")
        refuse("namespace must be @dut or @gen");
}

bool same_value(const std::string& a, const std::string& b) {
    if (single_spaced(a) == single_spaced(b)) return true;
    const std::set<int> cpus = cpu_list(single_spaced(a));
    return !cpus.empty() && cpus == cpu_list(single_spaced(b));
}

bool exists_in(Sys& sys, const std::string& netns, const std::string& path) {
    if (!netns.empty() && !sys.exists("/run/netns/" + netns)) return false;
    bool there = false;
    sys.in_netns(netns, [&] { there = sys.exists(path); });
    return there;
}

std::string read_in(Sys& sys, const std::string& netns, const std::string& path) {
    std::string text;
    sys.in_netns(netns, [&] { text = single_spaced(sys.read_file(path)); });
    return text;
}

void write_in(Sys& sys, const std::string& netns, const std::string& path,
              const std::string& value) {
    sys.in_netns(netns, [&] { sys.write_file(path, value); });
}

void require_online(Sys& sys, const std::string& knob, const std::string& value) {
    const std::set<int> wanted = cpu_list(value);
    if (wanted.empty())
        throw Error(Status::usage, fmt::format("knob {}: '{}' is no list of CPUs", knob, value),
                    "e.g. 0-1,3");
    const std::string online = read_in(sys, "", "/sys/devices/system/cpu/online");
    const std::set<int> there = cpu_list(online);
    if (std::none_of(wanted.begin(), wanted.end(), [&](int cpu) { return there.contains(cpu); }))
        throw Error(Status::usage,
                    fmt::format("knob {}: no CPU of '{}' is online, only {}", knob, value, online));
}

std::string side_of(const std::string& knob) {
    for (const char* side : {"dut", "gen"})
        if (knob.find(std::string("@") + side) != std::string::npos) return side;
    return "";
}

std::string name_for(const std::string& knob, const Side& side) {
    const std::string word = "@" + side.name, prefix = word + ":";
    size_t at = knob.find(':') + 1;
    std::string name = knob;
    if (name.compare(at, prefix.size(), prefix) == 0)
        side.apart ? void(at += prefix.size()) : void(name.erase(at, prefix.size()));
    while ((at = name.find(word, at)) != std::string::npos) {
        name.replace(at, word.size(), side.interface);
        at += side.interface.size();
    }
    return name;
}

}  // namespace rxlab
