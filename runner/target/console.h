// SPDX-License-Identifier: GPL-2.0
// What a guest's serial console says about its end. Pure.
#pragma once
#include <string>
#include <vector>

namespace rxlab {

/// The fault the kernel died of ("kernel panic: sysrq triggered crash", "soft lockup: ...", "oops:
/// ..."), or empty.
std::string fault_in(const std::string& console);

/// Lines that are warnings, bugs, oopses, lockups or stalls: a green run with one of them is not
/// green.
std::vector<std::string> splats_in(const std::string& console);

/// The last lines, indented, without carriage returns and blank lines.
std::string tail(const std::string& console, size_t lines = 12);

}  // namespace rxlab
