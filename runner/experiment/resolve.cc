// SPDX-License-Identifier: GPL-2.0
#include "experiment/resolve.h"

namespace rxlab {

const Json& value_word(const Json& value) {
    return value.is_object() && value.contains("name") ? value["name"] : value;
}

std::string value_text(const Json& value) {
    const Json& word = value_word(value);
    return word.is_string() ? word.get<std::string>() : word.dump();
}

bool is_value(const Json& value, const Json& word) {
    return value == word || value_word(value) == word;
}
namespace {

const Json* value_of(const Reference& reference, const std::map<std::string, Json>& factors) {
    const auto factor = factors.find(reference.factor);
    if (factor == factors.end()) return nullptr;
    if (reference.key.empty()) return &factor->second;
    if (!factor->second.is_object() || !factor->second.contains(reference.key)) return nullptr;
    return &factor->second.at(reference.key);
}

}  // namespace

std::optional<Reference> reference_in(const Json& value) {
    if (!value.is_string()) return {};
    const auto& text = value.get_ref<const std::string&>();
    if (!text.starts_with('$')) return {};
    const size_t dot = text.find('.');
    if (dot == std::string::npos) return Reference{text.substr(1), {}};
    return Reference{text.substr(1, dot - 1), text.substr(dot + 1)};
}

Json filled(const Json& value, const std::map<std::string, Json>& factors) {
    if (const auto reference = reference_in(value)) {
        const Json* found = value_of(*reference, factors);
        return found ? *found : value;
    }
    Json result = value;
    if (value.is_structured())
        for (Json& part : result) part = filled(part, factors);
    return result;
}

Json merge_members(const Json& below, const Json& above) {
    Json result = below;
    for (const auto& [key, value] : above.items()) {
        if (value.is_null())
            result.erase(key);
        else
            result[key] = value;
    }
    return result;
}

Json merge_patch(Json below, const Json& above) {
    const auto kind = above.find("kind");
    if (kind != above.end() && below.contains("kind") && *kind != below["kind"])
        below = Json::object();
    below.merge_patch(above);
    return below;
}

Json compose_patches(Json first, const Json& second) {
    if (!first.is_object() || !second.is_object()) return second;
    const auto kind = second.find("kind");
    if (kind != second.end() && first.contains("kind") && *kind != first["kind"]) return second;
    for (const auto& [key, value] : second.items()) {
        Json& mine = first[key];
        mine = mine.is_object() && value.is_object() ? compose_patches(mine, value) : value;
    }
    return first;
}

}  // namespace rxlab
