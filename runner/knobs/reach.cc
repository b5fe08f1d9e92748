// SPDX-License-Identifier: GPL-2.0
// Which settings of a machine that people use an experiment may touch.
#include "base/error.h"
#include "knobs/kinds.h"
#include "knobs/knobs.h"
#include "knobs/place.h"

#include <fmt/format.h>
#include <algorithm>
#include <cstring>
#include <sstream>

namespace rxlab {
namespace {

struct Allowed {
    const char* kind;
    const char* prefix;  ///< of the object's path; empty: the kind reaches nothing else
};

/// What the receive path is made of. Beyond it lie settings that make the kernel run a program as
/// root (kernel.core_pattern, kernel.modprobe, /sys/kernel/uevent_helper), that cannot be taken
/// back (kernel.modules_disabled) or that end the machine (kernel.panic, /proc/sys/vm, /sys/power).
const Allowed kAllowed[] = {
    {"sysctl", "net/"},
    {"sysctl", "kernel/sched_"},
    {"sysctl", "kernel/numa_balancing"},
    {"sysctl", "kernel/timer_migration"},
    {"sysctl", "kernel/watchdog"},
    {"sysctl", "kernel/nmi_watchdog"},
    {"sysfs", "/sys/class/net/"},
    {"sysfs", "/sys/devices/system/cpu/"},
    {"sysfs", "/sys/devices/virtual/net/"},
    {"sysfs", "/sys/kernel/debug/vdma/"},
    {"sysfs", "/sys/kernel/mm/transparent_hugepage/"},
    {"irq_affinity", ""},
    {"irq", ""},
    {"rps", ""},
    {"ethtool", ""},
    {"sched", ""},
    {"sched_affinity", ""},
    {"pm_qos", ""},
    {"service", "irqbalance"},
};

/// Links of sysfs that lead from a network device or a CPU to the rest of the machine.
const char* const kWaysOut[] = {"device", "driver", "subsystem", "phydev", "master"};

std::string path_of(const Knob& knob) {
    std::string path = placed(knob.object).object;
    if (std::strcmp(knob.kind.name, "sysctl") == 0 && path.find('/') == std::string::npos)
        std::replace(path.begin(), path.end(), '.', '/');
    return path;
}

bool leads_out(const std::string& path) {
    std::istringstream parts(path);
    for (std::string part; std::getline(parts, part, '/');)
        for (const char* way : kWaysOut)
            if (part == way || part.starts_with("lower_") || part.starts_with("upper_"))
                return true;
    return false;
}

}  // namespace

bool within_receive_path(const Knob& knob) {
    const std::string path = path_of(knob);
    return std::any_of(std::begin(kAllowed), std::end(kAllowed), [&](const Allowed& row) {
        return std::strcmp(row.kind, knob.kind.name) == 0 && path.starts_with(row.prefix) &&
               (std::strcmp(row.kind, "sysfs") != 0 || !leads_out(path));
    });
}

void require_within_receive_path(const std::string& name) {
    if (within_receive_path(find_knob(name))) return;
    throw Error(Status::usage,
                fmt::format("knob {} reaches beyond the receive path of this machine", name),
                "--target vm; or, where you know what it does, --trust");
}

}  // namespace rxlab
