// SPDX-License-Identifier: GPL-2.0
#include "knobs/kernel_thread.h"
#include "knobs/kinds.h"
#include "knobs/persistent.h"

#include "base/error.h"

#include <fmt/format.h>
#include <iterator>
#include <vector>

namespace rxlab {
namespace {

/// Policies by their number in /proc/PID/stat, with chrt's option.
struct Policy {
    const char *name, *option;
    bool real_time;
};
const Policy kPolicies[] = {{"other", "-o", false},    {"fifo", "-f", true},
                            {"rr", "-r", true},        {"batch", "-b", false},
                            {nullptr, nullptr, false}, {"idle", "-i", false}};

struct Wanted {
    const Policy& policy;
    std::string priority;
};

Wanted wanted_policy(const std::string& object, const std::string& value) {
    const std::string name = value.substr(0, value.find(':'));
    const bool has_priority = name.size() < value.size();
    for (const Policy& policy : kPolicies)
        if (policy.name && name == policy.name && has_priority == policy.real_time)
            return {policy, has_priority ? value.substr(name.size() + 1) : "0"};
    throw Error(Status::usage, fmt::format("knob sched:{}: no policy '{}'", object, value),
                "other, batch, idle, fifo:N, rr:N");
}

}  // namespace

void validate_sched(const std::string& object) {
    validate_kernel_thread("sched", object);
}

std::string read_sched(Sys& sys, const std::string& object) {
    return value_of_all(sys, object, [&](const std::string& pid) {
        const std::vector<std::string> stat = stat_of(sys, pid);
        const Policy& policy = kPolicies[std::stoul(stat.at(policy_field)) % std::size(kPolicies)];
        return policy.real_time ? fmt::format("{}:{}", policy.name, stat.at(priority_field))
               : policy.name    ? std::string(policy.name)
                                : std::string("unknown");
    });
}

void write_sched(Sys& sys, const std::string& object, const std::string& value) {
    const Wanted wanted = wanted_policy(object, value);
    for (const std::string& pid : kernel_threads(sys, object))
        run_or_throw(sys, {"chrt", wanted.policy.option, "-p", wanted.priority, pid});
}

void check_sched(Sys&, const std::string& object, const std::string& value) {
    wanted_policy(object, value);
}

Persistent persistent_sched(const std::string& object, const std::string& value) {
    const Wanted wanted = wanted_policy(object, value);
    return persistent_of_thread(
        object, fmt::format("chrt {} -p {}", wanted.policy.option, wanted.priority));
}

}  // namespace rxlab
