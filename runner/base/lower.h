// SPDX-License-Identifier: GPL-2.0
// A text's letters in lower case: ASCII's alone, whatever the locale.
#pragma once
#include <string>

namespace rxlab {

inline std::string lower_case(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

}  // namespace rxlab
