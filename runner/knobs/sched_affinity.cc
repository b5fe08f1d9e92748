// SPDX-License-Identifier: GPL-2.0
// The CPUs that a kernel thread may run on: of those that handle interrupts ("irq/24-eth0"), poll
// ("napi/eth0-8193") or work for the receive path.
#include "base/cpu_list.h"
#include "base/error.h"
#include "knobs/kernel_thread.h"
#include "knobs/kinds.h"
#include "knobs/persistent.h"
#include "knobs/place.h"

#include <fmt/format.h>
#include <sstream>

namespace rxlab {
namespace {

constexpr unsigned long kBound = 0x04000000;  // PF_NO_SETAFFINITY, include/linux/sched.h
constexpr std::string_view kAllowedCpus = "Cpus_allowed_list:";

std::string allowed_cpus(Sys& sys, const std::string& pid) {
    const std::string path = "/proc/" + pid + "/status";
    std::istringstream status(sys.read_file(path));
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(kAllowedCpus))
            return line.substr(line.find_first_not_of(" \t", kAllowedCpus.size()));
    throw Error(Status::invalid, fmt::format("{}: no {}", path, kAllowedCpus));
}

}  // namespace

void validate_sched_affinity(const std::string& object) {
    validate_kernel_thread("sched_affinity", object);
}

std::string read_sched_affinity(Sys& sys, const std::string& object) {
    return value_of_all(sys, object,
                        [&](const std::string& pid) { return allowed_cpus(sys, pid); });
}

void check_sched_affinity(Sys& sys, const std::string& object, const std::string& value) {
    require_online(sys, "sched_affinity:" + object, value);
    for (const std::string& pid : find_kernel_threads(sys, object))
        if (std::stoul(stat_of(sys, pid).at(flags_field)) & kBound)
            throw Error(
                Status::usage,
                fmt::format("knob sched_affinity:{}: the kernel binds it to its CPUs", object),
                "sched:" + object + " changes its policy");
}

void write_sched_affinity(Sys& sys, const std::string& object, const std::string& value) {
    for (const std::string& pid : kernel_threads(sys, object))
        run_or_throw(sys, {"taskset", "-pc", value, pid});
}

Persistent persistent_sched_affinity(const std::string& object, const std::string& value) {
    return persistent_of_thread(object, "taskset -pc " + value);
}

}  // namespace rxlab
