// SPDX-License-Identifier: GPL-2.0
// What the plugin counted, in the names of functions. Pure.
#pragma once
#include <cstdint>
#include <map>
#include <string>

namespace rxlab {

/// "outermost;...;innermost" -> instructions executed in the innermost itself.
using Stacks = std::map<std::string, uint64_t>;

/// @param counted what the plugin wrote; @param symbols the guest's /proc/kallsyms.
/// An interrupt's stack begins with its entry, whoever it came upon; user space is "[user]"; a
/// module's function is "name [module]"; a BPF program is its name, without its tag.
/// @throws Error(Status::invalid) when either is not whole.
Stacks fold(const std::string& counted, const std::string& symbols);

/// All of it.
uint64_t total(const Stacks& stacks);

}  // namespace rxlab
