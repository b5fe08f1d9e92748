// SPDX-License-Identifier: GPL-2.0
#include "knobs/kinds.h"
#include "knobs/persistent.h"
#include "knobs/place.h"

#include <fmt/format.h>
#include <algorithm>

namespace rxlab {
namespace {

/// As in sysctl(8): with a slash in it the name is a path already, so that an interface's name may
/// have dots.
std::string sysctl_file(std::string name) {
    if (name.find('/') == std::string::npos) std::replace(name.begin(), name.end(), '.', '/');
    return "/proc/sys/" + name;
}

}  // namespace

void validate_sysctl(const std::string& object) {
    validate_characters("sysctl", object, "._-/@");
}

std::string read_sysctl(Sys& sys, const std::string& object) {
    const Placed place = placed(object);
    return read_in(sys, place.netns, sysctl_file(place.object));
}

void write_sysctl(Sys& sys, const std::string& object, const std::string& value) {
    const Placed place = placed(object);
    write_in(sys, place.netns, sysctl_file(place.object), value);
}

Persistent persistent_sysctl(const std::string& object, const std::string& value) {
    return {.form = Persistent::Form::sysctl,
            .line = fmt::format("{} = {}", object, value),
            .command = fmt::format("sysctl -w '{}={}'", object, value)};
}

}  // namespace rxlab
