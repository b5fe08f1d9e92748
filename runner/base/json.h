// SPDX-License-Identifier: GPL-2.0
// The one JSON type. Keys are sorted, so dump() is canonical and can be hashed.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>

// Compiled once, in json.cc, and not in each file that uses it.
extern template class nlohmann::basic_json<>;

namespace rxlab {
using Json = nlohmann::json;

template <typename Value>
Json or_null(const std::optional<Value>& value) {
    return value ? Json(*value) : Json();
}
}  // namespace rxlab
