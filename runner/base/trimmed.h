// SPDX-License-Identifier: GPL-2.0
// Blanks around a text.
#pragma once
#include <string>
#include <string_view>

namespace rxlab {

constexpr std::string_view kBlanks = " \t\n";

inline std::string trimmed_end(std::string_view text) {
    return std::string(text.substr(0, text.find_last_not_of(kBlanks) + 1));
}

inline std::string trimmed(std::string_view text) {
    const size_t first = text.find_first_not_of(kBlanks);
    return first == text.npos ? "" : trimmed_end(text.substr(first));
}

}  // namespace rxlab
