// SPDX-License-Identifier: GPL-2.0
#include "knobs/kinds.h"
#include "knobs/persistent.h"
#include "knobs/place.h"

#include "base/error.h"
#include "sys/choice.h"

#include <fmt/format.h>
#include <string_view>

namespace rxlab {

void validate_sysfs(const std::string& object) {
    validate_characters("sysfs", object, "/._-:,@");
    if (!placed(object).object.starts_with("/sys/"))
        throw Error(Status::usage,
                    fmt::format("knob sysfs:{}: expected a path below /sys/", object));
}

std::string read_sysfs(Sys& sys, const std::string& object) {
    const Placed place = placed(object);
    return chosen_in(read_in(sys, place.netns, place.object));
}

void write_sysfs(Sys& sys, const std::string& object, const std::string& value) {
    const Placed place = placed(object);
    write_in(sys, place.netns, place.object, value);
}

/// udev writes a device's attributes when it appears, and again under its final name.
Persistent persistent_sysfs(const std::string& object, const std::string& value) {
    Persistent form{.form = Persistent::Form::command,
                    .command = fmt::format("echo '{}' > {}", value, object)};
    form.line = form.command;
    for (const std::string_view folder : {"/sys/class/net/", "/sys/devices/virtual/net/"}) {
        const size_t slash = object.find('/', folder.size());
        if (!object.starts_with(folder) || slash == std::string::npos) continue;
        form.form = Persistent::Form::udev;
        form.interface = object.substr(folder.size(), slash - folder.size());
        form.line =
            fmt::format(R"(ACTION=="add|move", SUBSYSTEM=="net", KERNEL=="{}", ATTR{{{}}}="{}")",
                        form.interface, object.substr(slash + 1), value);
    }
    return form;
}

}  // namespace rxlab
