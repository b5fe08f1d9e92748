// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace rxlab {

/// Each line once, where many say the same.
inline void add_lines(std::vector<std::string>& all, const std::vector<std::string>& more) {
    for (const std::string& line : more)
        if (std::find(all.begin(), all.end(), line) == all.end()) all.push_back(line);
}

}  // namespace rxlab
