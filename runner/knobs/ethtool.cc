// SPDX-License-Identifier: GPL-2.0
#include "knobs/ethtool.h"

#include "base/error.h"
#include "base/names.h"
#include "base/trimmed.h"
#include "knobs/kinds.h"
#include "knobs/place.h"

#include <fmt/format.h>
#include <algorithm>
#include <sstream>

namespace rxlab {
namespace {

struct Group {
    const char* name;
    const char *show, *set;
};
const Group kGroups[] = {{"coalesce", "-c", "-C"}, {"ring", "-g", "-G"}, {"feature", "-k", "-K"}};

struct Setting {
    std::string netns, interface;
    const Group* group = nullptr;
    std::string name;
};

Setting parse(const std::string& object) {
    const Placed place = placed(object);
    const size_t first = place.object.find('/'), last = place.object.rfind('/');
    if (first != last)
        for (const Group& group : kGroups)
            if (place.object.substr(first + 1, last - first - 1) == group.name)
                return {place.netns, place.object.substr(0, first), &group,
                        place.object.substr(last + 1)};
    throw Error(
        Status::usage,
        fmt::format("knob ethtool:{}: expected INTERFACE/coalesce|ring|feature/SETTING", object));
}

/// "RX Mini" in what ethtool shows is rx-mini in what it takes.
std::string argument_name(std::string label) {
    for (char& c : label)
        c = c == ' ' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return label;
}

/// "Adaptive RX: off  TX: on" is the one line with two settings.
std::string adaptive(const std::string& setting, const std::string& line) {
    const size_t at = line.find(setting == "adaptive-rx" ? "RX:" : "TX:");
    return at == std::string::npos ? ""
                                   : trimmed(line.substr(at + 3, line.find("  ", at) - at - 3));
}

}  // namespace

std::string parse_ethtool(const std::string& group, const std::string& setting,
                          const std::string& text) {
    std::istringstream lines(text);
    bool current =
        group != "ring";  // rings come twice: the hardware's maximums, then the current ones
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("Current hardware settings")) current = true;
        if (line.starts_with("Adaptive") && setting.starts_with("adaptive-"))
            return adaptive(setting, line);
        const size_t colon = line.find(':');
        if (!current || colon == std::string::npos ||
            argument_name(trimmed(line.substr(0, colon))) != setting)
            continue;
        const std::string value = trimmed(line.substr(colon + 1));
        if (value == "n/a") break;
        return value.substr(0, value.find(' '));  // "on [fixed]"
    }
    throw Error(Status::usage, fmt::format("no {} setting '{}' on this interface", group, setting),
                "ethtool -c, -g and -k show what there is");
}

void validate_ethtool(const std::string& object) {
    validate_characters("ethtool", object, "/._-");
    const std::string interface = parse(object).interface;
    if (interface.starts_with("-") || !is_interface_name(interface))
        throw Error(Status::usage, fmt::format("knob ethtool:{}: no interface's name", object));
}

std::string read_ethtool(Sys& sys, const std::string& object) {
    const Setting setting = parse(object);
    return parse_ethtool(
        setting.group->name, setting.name,
        run_or_throw(sys, {"ethtool", setting.group->show, setting.interface}, {}, setting.netns));
}

void write_ethtool(Sys& sys, const std::string& object, const std::string& value) {
    const Setting setting = parse(object);
    run_or_throw(sys, {"ethtool", setting.group->set, setting.interface, setting.name, value}, {},
                 setting.netns);
}

}  // namespace rxlab
