// SPDX-License-Identifier: GPL-2.0
#include "base/json.h"

template class nlohmann::basic_json<>;

namespace rxlab {

std::string text_at(const Json& json, std::initializer_list<const char*> keys,
                    const std::string& otherwise) {
    const Json* at = &json;
    for (const char* key : keys) {
        if (!at->is_object() || !at->contains(key)) return otherwise;
        at = &at->at(key);
    }
    return at->is_string() ? at->get<std::string>() : otherwise;
}

}  // namespace rxlab
