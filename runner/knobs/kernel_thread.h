// SPDX-License-Identifier: GPL-2.0
// A kernel thread found by its name, for the knobs that schedule it.
#pragma once
#include "sys/sys.h"

#include <functional>
#include <string>
#include <vector>

namespace rxlab {

/// Fields of /proc/PID/stat as proc(5) counts them, from the state after ')'.
enum StatField { flags_field = 6, priority_field = 37, policy_field = 38 };
std::vector<std::string> stat_of(Sys& sys, const std::string& pid);

/// The one of this name; where that ends with '*', all that begin so. Maybe none.
std::vector<std::string> find_kernel_threads(Sys& sys, const std::string& name);
/// Likewise. @throws Error(Status::usage): there is none
std::vector<std::string> kernel_threads(Sys& sys, const std::string& name);
/// What `read` says of each of them. @throws Error(Status::usage): they differ, so that one value
/// could not bring them back
std::string value_of_all(Sys& sys, const std::string& name,
                         const std::function<std::string(const std::string& pid)>& read);

/// @throws Error(Status::usage): an odd name, or one in a namespace
void validate_kernel_thread(const std::string& kind, const std::string& object);

}  // namespace rxlab
