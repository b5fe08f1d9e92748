// SPDX-License-Identifier: GPL-2.0
// What a program had the kernel do: its system calls, and what came upon it besides. Pure.
#pragma once
#include "attribution/fold.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rxlab {

/// Why instructions were executed.
enum class Origin {
    system_call,  ///< by name
    entry,        ///< into the kernel and out of it, the same for every system call
    exception,    ///< by name: page_fault
    interrupt,    ///< by name: apic_timer_interrupt
    task,         ///< other tasks, and the kernel's way from one to another
    idle,
    user
};
const char* to_string(Origin origin);

struct Cause {
    Origin origin = Origin::task;
    std::string name;  ///< of a system call, an exception or an interrupt; else empty
    auto operator<=>(const Cause&) const = default;
};

/// For people: the name of a system call; of all else what it is, in parentheses.
std::string cause_words(const Cause& cause);

/// Of a stack "outermost;...;innermost" in which system calls' functions are named
/// (system_call_entries).
Cause cause_of(std::string_view stack);

/// Where the functions of system calls begin, by the guest's /proc/kallsyms.
std::vector<uint64_t> system_call_entries(const std::string& symbols);

/// How often something happened, and what was executed for it.
struct Spent {
    uint64_t calls = 0;  ///< 0: it cannot be counted
    uint64_t instructions = 0;
    std::map<std::string, uint64_t> functions;  ///< of these, in each function itself
};
std::map<Cause, Spent> spent_by_cause(const Executed& executed);

}  // namespace rxlab
