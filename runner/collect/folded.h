// SPDX-License-Identifier: GPL-2.0
// Call-graph samples as folded stacks: "task;outermost;...;innermost" -> samples.
#pragma once
#include <cstdint>
#include <map>
#include <string>

namespace rxlab {

using Folded = std::map<std::string, uint64_t>;

/// What `perf script -F comm,ip,sym` wrote: per sample a line with the task and one per frame, the
/// innermost first, then an empty line. Samples of a CPU that waits in its idle loop are left out.
Folded fold(const std::string& script);

}  // namespace rxlab
