// SPDX-License-Identifier: GPL-2.0
// JSON of strangers: what nests deeply overflows the stack of those who walk it, what holds many
// values takes many times its own size in memory.
#pragma once
#include "base/json.h"

#include <string_view>

namespace rxlab {

struct JsonBounds {
    size_t depth = 64;
    size_t values = 1'000'000;  ///< members, elements and their brackets, all counted
};

/// @throws Error(Status::invalid) for what is no JSON (bytes that are no UTF-8 included) or beyond
/// the bounds.
Json parse_bounded(std::string_view text, const JsonBounds& bounds = {});

/// `json` with every string and name in it printable().
Json printable_json(const Json& json);

}  // namespace rxlab
