// SPDX-License-Identifier: GPL-2.0
// Lines, and the words of one.
#pragma once
#include "base/contains.h"

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace rxlab {

/// Each line once, where many say the same.
inline void add_lines(std::vector<std::string>& all, const std::vector<std::string>& more) {
    for (const std::string& line : more)
        if (!contains(all, line)) all.push_back(line);
}

/// Where a row has room for one: a reason may have several.
inline std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

/// What is between blanks.
inline std::vector<std::string> words_in(const std::string& text) {
    std::istringstream words(text);
    return {std::istream_iterator<std::string>(words), {}};
}

}  // namespace rxlab
