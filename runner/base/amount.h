// SPDX-License-Identifier: GPL-2.0
// How many of something, for people.
#pragma once
#include <fmt/format.h>

#include <string>

namespace rxlab {

/// "1 path", "3 paths".
inline std::string amount(size_t count, const char* word) {
    return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

}  // namespace rxlab
