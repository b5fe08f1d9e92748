// SPDX-License-Identifier: GPL-2.0
// The advice after an unknown word: the nearest known one, and all there are.
#pragma once
#include "base/nearest.h"

#include <fmt/ranges.h>

namespace rxlab {

inline std::string advice_on(const std::string& word, const std::vector<std::string>& known) {
    if (known.empty()) return "there is none";
    return fmt::format("{}{} {}", did_you_mean(word, known, "", " "),
                       known.size() == 1 ? "There is:" : "There are:", fmt::join(known, ", "));
}

}  // namespace rxlab
