// SPDX-License-Identifier: GPL-2.0
// The functions of a process, in the form of /proc/kallsyms, by what was mapped where. Pure.
#pragma once
#include <functional>
#include <string>

namespace rxlab {

/// "7ffff7c24180 T puts\t(libc.so.6)" for each function of each file that was mapped to be
/// executed; what no symbol's size covers (a stripped file's functions, the PLT) is "?" of that
/// file, what is between mappings and in no file is "[user]".
/// @param maps /proc/PID/maps, of one or several processes with the same addresses
/// @param read a file's bytes; a file that is no ELF file, or damaged, has no function
std::string user_symbols(const std::string& maps,
                         const std::function<std::string(const std::string& path)>& read);

}  // namespace rxlab
