// SPDX-License-Identifier: GPL-2.0
#include "knobs/kinds.h"
#include "knobs/persistent.h"
#include "knobs/place.h"

#include "base/error.h"
#include "base/lower.h"
#include "base/names.h"

#include <fmt/format.h>
#include <algorithm>

namespace rxlab {
namespace {

std::string mask_file(const std::string& object) {
    const size_t slash = object.find('/');
    return fmt::format("/sys/class/net/{}/queues/{}/rps_cpus", object.substr(0, slash),
                       object.substr(slash + 1));
}

/// "00000000,0000000A" -> "a": the kernel pads with zeros to the number of CPUs it could have.
std::string canonical_mask(std::string mask) {
    mask.erase(std::remove(mask.begin(), mask.end(), ','), mask.end());
    const size_t first = mask.find_first_not_of('0');
    return first == std::string::npos ? "0" : lower_case(mask.substr(first));
}

}  // namespace

void validate_rps(const std::string& object) {
    validate_characters("rps", object, "/._-@");
    const std::string name = placed(object).object;
    const size_t slash = name.find('/');
    if (slash == std::string::npos || !is_interface_name(name.substr(0, slash)) ||
        name.compare(slash, 4, "/rx-") != 0 || name.find('/', slash + 1) != std::string::npos)
        throw Error(Status::usage, fmt::format("knob rps:{}: expected INTERFACE/rx-N", object));
}

std::string read_rps(Sys& sys, const std::string& object) {
    const Placed place = placed(object);
    return canonical_mask(read_in(sys, place.netns, mask_file(place.object)));
}

void write_rps(Sys& sys, const std::string& object, const std::string& value) {
    const Placed place = placed(object);
    write_in(sys, place.netns, mask_file(place.object), value);
}

Persistent persistent_rps(const std::string& object, const std::string& value) {
    return persistent_sysfs(mask_file(object), value);
}

}  // namespace rxlab
