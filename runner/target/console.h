// SPDX-License-Identifier: GPL-2.0
// What a guest's serial console says about its end. Pure; whatever the guest wrote, what is given
// is text that may be shown, in lines of at most 1,000 bytes.
#pragma once
#include <string>
#include <vector>

namespace rxlab {

/// The fault the kernel died of ("kernel panic: sysrq triggered crash", "soft lockup: ...", "oops:
/// ..."), or empty.
std::string fault_in(const std::string& console);

/// Lines that are warnings, bugs, oopses, lockups or stalls: a green run with one of them is not
/// green. At most 100, then how many more.
std::vector<std::string> splats_in(const std::string& console);

/// All of it as text that may be shown, without carriage returns.
std::string shown_console(const std::string& console);

/// The last lines, indented, without carriage returns and blank lines.
std::string tail(const std::string& console, size_t lines = 12);

}  // namespace rxlab
