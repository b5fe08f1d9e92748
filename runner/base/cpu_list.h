// SPDX-License-Identifier: GPL-2.0
// CPUs as the kernel writes them: a list ("0-2,5"), or a mask ("ff,00000003").
#pragma once
#include <set>
#include <string>

namespace rxlab {

/// "0-2,5" as a set; empty when it is no such list.
std::set<int> cpu_list(const std::string& text);
/// "00000000,0000000a" as a set; empty when it is no such mask.
std::set<int> cpu_mask(const std::string& text);

/// "0-2,5"; of no CPU "".
std::string as_list(const std::set<int>& cpus);
/// "27": as sysfs takes it, with a comma after each 32 bits.
std::string as_mask(const std::set<int>& cpus);

}  // namespace rxlab
