// SPDX-License-Identifier: GPL-2.0
#include "knobs/kinds.h"
#include "knobs/place.h"

#include "base/error.h"

#include <fmt/format.h>

namespace rxlab {
namespace {

std::string affinity_file(const std::string& irq) {
    return "/proc/irq/" + irq + "/smp_affinity_list";
}

}  // namespace

void validate_irq_affinity(const std::string& object) {
    if (object.empty() || object.size() > 6 ||
        object.find_first_not_of("0123456789") != std::string::npos)
        throw Error(Status::usage,
                    fmt::format("knob irq_affinity:{}: expected an interrupt's number", object),
                    "see /proc/interrupts");
}

std::string read_irq_affinity(Sys& sys, const std::string& object) {
    return read_in(sys, "", affinity_file(object));
}

void write_irq_affinity(Sys& sys, const std::string& object, const std::string& value) {
    write_in(sys, "", affinity_file(object), value);
}

}  // namespace rxlab
