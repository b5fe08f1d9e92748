// SPDX-License-Identifier: GPL-2.0
// What has to be known of a program to run it in a guest. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace rxlab {

/// The dynamic linker that an x86-64 program names; empty: it is linked statically.
/// @throws Error(Status::usage) what `bytes` is instead of one; `file` names it
std::string interpreter_of(std::string_view bytes, const std::string& file);

/// Paths of the libraries in what a dynamic linker says to --list, itself among them.
/// @throws Error(Status::usage) naming those that it has not found
std::vector<std::string> libraries_in(const std::string& list, const std::string& file);

}  // namespace rxlab
