// SPDX-License-Identifier: GPL-2.0
// Does a service of systemd's run, such as irqbalance, which moves interrupts by itself?
#include "base/error.h"
#include "base/trimmed.h"
#include "knobs/kinds.h"
#include "knobs/persistent.h"
#include "knobs/place.h"

#include <fmt/format.h>

namespace rxlab {
namespace {

constexpr const char *kRuns = "active", *kStopped = "inactive";

}  // namespace

void validate_service(const std::string& object) {
    validate_characters("service", object, "._-");
    if (object[0] == '-')
        throw Error(Status::usage, fmt::format("knob service:{}: no service's name", object));
}

std::string read_service(Sys& sys, const std::string& object) {
    const std::string show = run_or_throw(
        sys,
        {"systemctl", "show", "--property=LoadState,ActiveState", "--value", object + ".service"});
    const size_t line = show.find('\n');
    if (show.substr(0, line) != "loaded")
        throw Error(Status::usage, fmt::format("knob service:{}: this machine has none", object),
                    "systemctl list-units --type=service names them");
    return trimmed(show.substr(line + 1));
}

void check_service(Sys&, const std::string& object, const std::string& value) {
    if (value != kRuns && value != kStopped)
        throw Error(Status::usage, fmt::format("knob service:{}: '{}' is neither {} nor {}", object,
                                               value, kRuns, kStopped));
}

void write_service(Sys& sys, const std::string& object, const std::string& value) {
    run_or_throw(sys, {"systemctl", value == kRuns ? "start" : "stop", object + ".service"});
}

Persistent persistent_service(const std::string& object, const std::string& value) {
    const std::string line =
        fmt::format("systemctl {} {}.service", value == kRuns ? "start" : "stop", object);
    return {.form = Persistent::Form::command, .line = line, .command = line};
}

}  // namespace rxlab
