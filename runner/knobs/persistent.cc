// SPDX-License-Identifier: GPL-2.0
#include "knobs/persistent.h"

#include "knobs/place.h"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>

namespace rxlab {
namespace {

/// Nothing that sh(1), udev or systemd reads as more than a value.
bool is_plain(const std::string& value) {
    return !value.empty() && std::all_of(value.begin(), value.end(), [](unsigned char c) {
        return std::isalnum(c) || std::string_view("._:,+-/ \t").find(char(c)) != std::string::npos;
    });
}

Persistent none(const std::string& why) {
    return {.why_not = why};
}

}  // namespace

Persistent persistent(const Knob& knob, const std::string& value) {
    if (!side_of(":" + knob.object).empty() || !placed(knob.object).netns.empty())
        return none("it is of an interface or a namespace that only an experiment has");
    if (!is_plain(value)) return none("its value has characters that a shell takes for its own");
    return knob.kind.persistent(knob.object, value);
}

Persistent persistent_of_thread(const std::string& thread, const std::string& command) {
    const std::string name =
        thread.ends_with('*') ? thread.substr(0, thread.size() - 1) + ".*" : thread;
    const std::string line =
        fmt::format("for p in $(pgrep -x '{}'); do {} \"$p\"; done", name, command);
    return {.form = Persistent::Form::command, .line = line, .command = line};
}

}  // namespace rxlab
