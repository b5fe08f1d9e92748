// SPDX-License-Identifier: GPL-2.0
// The one JSON type. Keys are sorted, so dump() is canonical and can be hashed.
#pragma once
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

// Compiled once, in json.cc, and not in each file that uses it.
extern template class nlohmann::basic_json<>;

namespace rxlab {
using Json = nlohmann::json;

template <typename Value>
Json or_null(const std::optional<Value>& value) {
    return value ? Json(*value) : Json();
}

/// The text under these keys, one within the other; `otherwise` where there is none.
std::string text_at(const Json& json, std::initializer_list<const char*> keys,
                    const std::string& otherwise = "");
}  // namespace rxlab
