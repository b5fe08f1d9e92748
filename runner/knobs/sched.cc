// SPDX-License-Identifier: GPL-2.0
#include "knobs/kinds.h"
#include "knobs/persistent.h"
#include "knobs/place.h"

#include "base/error.h"

#include <fmt/format.h>
#include <iterator>
#include <sstream>
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

constexpr unsigned long kKernelThread = 0x00200000;  // PF_KTHREAD, include/linux/sched.h
enum Field {
    flags_field = 6,
    priority_field = 37,
    policy_field = 38
};  // proc(5), counted from the state after ')'

std::vector<std::string> fields_after_name(const std::string& stat) {
    std::istringstream words(stat.substr(stat.rfind(')') + 2));
    return {std::istream_iterator<std::string>(words), {}};
}

std::vector<std::string> stat_of(Sys& sys, const std::string& pid) {
    return fields_after_name(sys.read_file("/proc/" + pid + "/stat"));
}

bool is_kernel_thread(Sys& sys, const std::string& pid, const std::string& name) {
    try {
        return sys.read_file("/proc/" + pid + "/comm") == name + "\n" &&
               std::stoul(stat_of(sys, pid).at(flags_field)) & kKernelThread;
    } catch (const Error&) {  // it ended meanwhile
        return false;
    }
}

std::string pid_of(Sys& sys, const std::string& name) {
    for (const std::string& pid : sys.list("/proc"))
        if (pid.find_first_not_of("0123456789") == std::string::npos &&
            is_kernel_thread(sys, pid, name))
            return pid;
    throw Error(Status::usage, fmt::format("no kernel thread '{}'", name),
                "ps -e shows their names");
}

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
    validate_characters("sched", object, "/._-:");
    if (object[0] == '@')
        throw Error(Status::usage,
                    fmt::format("knob sched:{}: kernel threads belong to no namespace", object));
}

std::string read_sched(Sys& sys, const std::string& object) {
    const std::vector<std::string> stat = stat_of(sys, pid_of(sys, object));
    const Policy& policy = kPolicies[std::stoul(stat.at(policy_field)) % std::size(kPolicies)];
    return policy.real_time ? fmt::format("{}:{}", policy.name, stat.at(priority_field))
           : policy.name    ? policy.name
                            : "unknown";
}

void write_sched(Sys& sys, const std::string& object, const std::string& value) {
    const Wanted wanted = wanted_policy(object, value);
    run_or_throw(sys, {"chrt", wanted.policy.option, "-p", wanted.priority, pid_of(sys, object)});
}

void check_sched(Sys&, const std::string& object, const std::string& value) {
    wanted_policy(object, value);
}

Persistent persistent_sched(const std::string& object, const std::string& value) {
    const Wanted wanted = wanted_policy(object, value);
    const std::string command =
        fmt::format("for p in $(pgrep -x '{}'); do chrt {} -p {} \"$p\"; done", object,
                    wanted.policy.option, wanted.priority);
    return {.form = Persistent::Form::command, .line = command, .command = command};
}

}  // namespace rxlab
