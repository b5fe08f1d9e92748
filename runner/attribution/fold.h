// SPDX-License-Identifier: GPL-2.0
// What the plugin counted, in the names of functions. Pure.
#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <string>

namespace rxlab {

/// "outermost;...;innermost" -> instructions executed in the innermost itself.
using Stacks = std::map<std::string, uint64_t>;

/// Loads and stores that a device answered: instructions whose cost none can see in their number.
struct Accesses {
    uint64_t loads = 0, stores = 0;

    Accesses& operator+=(const Accesses& more) {
        loads += more.loads;
        stores += more.stores;
        return *this;
    }
};
struct AccessPlace {
    std::string function;  ///< as in a stack
    std::string device;    ///< QEMU's name of its memory; kPort (opcodes.h): a port
    auto operator<=>(const AccessPlace&) const = default;
};

/// What a guest executed in a window.
struct Executed {
    Stacks stacks;
    std::map<AccessPlace, Accesses> accesses;
    std::map<std::string, uint64_t> calls;  ///< how often each function was entered
};

/// @param counted what the plugin wrote
/// @param symbols the guest's /proc/kallsyms, and in that form those of programs (user_symbols.h)
/// An interrupt's stack begins with its entry, whoever it came upon; a module's function is "name
/// [module]"; a BPF program is its name, without its tag; a program's function is "name (file)",
/// and user space of which nothing is known is "[user]".
/// @throws Error(Status::invalid) when either is not whole.
Executed fold(const std::string& counted, const std::string& symbols);

/// What was executed in another window, too.
void add(Stacks& sum, const Stacks& more);
void add(Executed& sum, const Executed& more);

/// What hardware jumps to: nobody called it. One that has that kind of name is a function.
bool is_entry(std::string_view function);

/// Is it of a program, not of the kernel?
bool is_user(std::string_view function);

/// All of it.
uint64_t total(const Stacks& stacks);
/// Of devices' memory, or of ports.
Accesses total(const std::map<AccessPlace, Accesses>& accesses, bool of_ports);

}  // namespace rxlab
