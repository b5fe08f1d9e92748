// SPDX-License-Identifier: GPL-2.0
#include "knobs/kernel_thread.h"

#include "base/error.h"
#include "base/lines.h"
#include "knobs/place.h"

#include <fmt/format.h>

namespace rxlab {
namespace {

constexpr unsigned long kKernelThread = 0x00200000;  // PF_KTHREAD, include/linux/sched.h

/// "napi/eth0-*" means all that begin so.
bool is_named(const std::string& comm, const std::string& name) {
    return name.ends_with('*') ? comm.starts_with(name.substr(0, name.size() - 1))
                               : comm == name + "\n";
}

bool is_kernel_thread(Sys& sys, const std::string& pid, const std::string& name) {
    try {
        return is_named(sys.read_file("/proc/" + pid + "/comm"), name) &&
               std::stoul(stat_of(sys, pid).at(flags_field)) & kKernelThread;
    } catch (const Error&) {  // it ended meanwhile
        return false;
    }
}

}  // namespace

std::vector<std::string> stat_of(Sys& sys, const std::string& pid) {
    const std::string stat = sys.read_file("/proc/" + pid + "/stat");
    return words_in(stat.substr(stat.rfind(')') + 2));
}

std::vector<std::string> find_kernel_threads(Sys& sys, const std::string& name) {
    std::vector<std::string> pids;
    for (const std::string& pid : sys.list("/proc"))
        if (pid.find_first_not_of("0123456789") == std::string::npos &&
            is_kernel_thread(sys, pid, name))
            pids.push_back(pid);
    return pids;
}

std::vector<std::string> kernel_threads(Sys& sys, const std::string& name) {
    std::vector<std::string> pids = find_kernel_threads(sys, name);
    if (pids.empty())
        throw Error(Status::usage, fmt::format("no kernel thread '{}'", name),
                    "ps -e shows their names");
    return pids;
}

std::string value_of_all(Sys& sys, const std::string& name,
                         const std::function<std::string(const std::string& pid)>& read) {
    std::string value;
    for (const std::string& pid : kernel_threads(sys, name)) {
        const std::string one = read(pid);
        if (!value.empty() && one != value)
            throw Error(Status::usage,
                        fmt::format("kernel threads '{}' differ: {} and {}", name, value, one),
                        "name one of them");
        value = one;
    }
    return value;
}

void validate_kernel_thread(const std::string& kind, const std::string& object) {
    validate_characters(kind, object, "/._-:@*");
    if (object[0] == '@')
        throw Error(Status::usage,
                    fmt::format("knob {}:{}: kernel threads belong to no namespace", kind, object));
}

}  // namespace rxlab
