// SPDX-License-Identifier: GPL-2.0
// Why a JSON Schema refuses an instance, in words for the person who wrote it.
#pragma once
#include "base/json.h"

#include <string>
#include <vector>

namespace rxlab {

struct Finding {
    Json::json_pointer pointer;
    bool at_key = false;  ///< the key is wrong, not its value
    std::string message;  ///< "expected X, got Y", with the nearest valid word
};

/// Everything in `instance` that `schema` (draft 7; "$ref" into its own definitions) refuses.
/// Knows the keywords that experiment schemas use; validate() in schema.h is the judge, this only
/// finds the words.
std::vector<Finding> narrate(const Json& schema, const Json& instance);

/// An object's; of anything else none.
std::vector<std::string> keys(const Json& object);

/// "'a', 'b' or 'c'"; long lists are cut.
std::string one_of(const std::vector<std::string>& words);

/// A JSON value as messages show it: 'text', 12, true, an object, an array, null.
std::string shown(const Json& value);

}  // namespace rxlab
