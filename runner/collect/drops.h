// SPDX-License-Identifier: GPL-2.0
// Packets that the kernel dropped, as values and as a table.
#pragma once
#include "collect/collector.h"

#include <map>
#include <utility>

namespace rxlab {

/// By the kernel's word for the reason, and the function that dropped them.
using Dropped = std::map<std::pair<std::string, std::string>, uint64_t>;

/// Value drops.packets; table drops, the most first. Pure.
void report_drops(const Dropped& dropped, const Window& window, Values& values, Json& curves);

}  // namespace rxlab
