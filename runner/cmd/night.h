// SPDX-License-Identifier: GPL-2.0
// A night of experiments: which comes when, and what became of it. Pure.
#pragma once
#include "base/json.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rxlab {

/// One experiment on one kernel.
struct NightJob {
    std::string experiment, kernel, lane;
    std::string source;  ///< what to load the experiment by: its name or its file
    bool operator==(const NightJob&) const = default;
};

/// What it gave last, and in words: in the night before, or where that left it in the one before
/// that. null: nothing is known.
std::pair<Json, std::string> last_verdict(const Json& before, const NightJob& job);

/// `first`, whose result is the null floor of the others, then what the night before did not get
/// to, then the rest as they are.
/// @param before the index of that night; empty: there was none
std::vector<NightJob> in_order_of_night(std::vector<NightJob> jobs, std::string_view first,
                                        const Json& before);

/// Exit status of a night: the worst of what gave no valid result (2, 4 or 5); else 1 where a
/// verdict is another than the night before, 3 where something was left for the next night, 0.
int night_status(const Json& index);

/// At most this many lines, for a mail or a chat.
constexpr size_t kNightLines = 20;

/// What gave no valid result, what changed, what was left; the greatest number of lines goes to
/// what is worst, and what has no line is counted.
/// @param name  of the night: its folder's
std::vector<std::string> night_summary(const Json& index, const std::string& name);

}  // namespace rxlab
