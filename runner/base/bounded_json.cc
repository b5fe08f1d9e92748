// SPDX-License-Identifier: GPL-2.0
#include "base/bounded_json.h"

#include "base/error.h"
#include "base/printable.h"

#include <fmt/format.h>

namespace rxlab {

Json parse_bounded(std::string_view text, const JsonBounds& bounds) {
    size_t values = 0;
    const auto count = [&](int depth, Json::parse_event_t, Json&) {
        if (static_cast<size_t>(depth) > bounds.depth)
            throw Error(Status::invalid, fmt::format("JSON nested deeper than {}", bounds.depth));
        if (++values > bounds.values)
            throw Error(Status::invalid, fmt::format("JSON of more than {} values", bounds.values));
        return true;
    };
    Json json = Json::parse(text.begin(), text.end(), count, false);
    if (json.is_discarded())
        throw Error(Status::invalid, fmt::format("no JSON: '{}'", printable(text, 60)));
    return json;
}

Json printable_json(const Json& json) {
    if (json.is_string()) return printable(json.get_ref<const std::string&>());
    if (!json.is_structured()) return json;
    Json copy = json.is_array() ? Json::array() : Json::object();
    for (const auto& [name, value] : json.items()) {
        if (json.is_array())
            copy.push_back(printable_json(value));
        else
            copy[printable(name)] = printable_json(value);
    }
    return copy;
}

}  // namespace rxlab
