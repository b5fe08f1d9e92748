// SPDX-License-Identifier: GPL-2.0
// The one JSON type. Keys are sorted, so dump() is canonical and can be hashed.
#pragma once
#include <nlohmann/json.hpp>

namespace rxlab {
using Json = nlohmann::json;
}
