// SPDX-License-Identifier: GPL-2.0
#include "experiment/field.h"

#include "base/error.h"
#include "experiment/narrate.h"

#include <fmt/format.h>
#include <limits>

namespace rxlab {

void Field::refuse(const std::string& expected) const {
    const std::string place = path_.empty() ? "the document" : path_;
    throw Error(Status::usage,
                fmt::format("{}: expected {}, got {}", place, expected, shown(*json_)));
}

bool Field::has(const std::string& key) const {
    return json_->is_object() && json_->contains(key);
}

Field Field::operator[](const std::string& key) const {
    const auto found = object().find(key);
    if (found == json_->end())
        throw Error(Status::usage, fmt::format("{}: expected the key '{}', which is missing",
                                               path_.empty() ? "the document" : path_, key));
    return Field(*found, path_ + "/" + key);
}

Field Field::within(const std::string& path) const {
    const size_t slash = path.find('/');
    const Field first = (*this)[path.substr(0, slash)];
    return slash == std::string::npos ? first : first.within(path.substr(slash + 1));
}

std::vector<Field> Field::items() const {
    if (!json_->is_array()) refuse("an array");
    std::vector<Field> items;
    for (size_t i = 0; i < json_->size(); i++)
        items.emplace_back((*json_)[i], fmt::format("{}/{}", path_, i));
    return items;
}

std::map<std::string, Field> Field::entries() const {
    std::map<std::string, Field> entries;
    for (const auto& [key, value] : object().items())
        entries.emplace(key, Field(value, path_ + "/" + key));
    return entries;
}

const Json& Field::object() const {
    if (!json_->is_object()) refuse("an object");
    return *json_;
}

std::string Field::text() const {
    if (!json_->is_string()) refuse("a text");
    return json_->get<std::string>();
}

double Field::number() const {
    if (!json_->is_number()) refuse("a number");
    return json_->get<double>();
}

bool Field::boolean() const {
    if (!json_->is_boolean()) refuse("true or false");
    return json_->get<bool>();
}

int Field::integer() const {
    constexpr int64_t least = std::numeric_limits<int>::min(),
                      most = std::numeric_limits<int>::max();
    if (!json_->is_number_integer() || json_->get<int64_t>() < least ||
        json_->get<int64_t>() > most)
        refuse("an integer");
    return json_->get<int>();
}

uint64_t Field::natural() const {
    if (!json_->is_number_unsigned() && !(json_->is_number_integer() && json_->get<int64_t>() >= 0))
        refuse("an integer that is not negative");
    return json_->get<uint64_t>();
}

Lane Field::lane() const {
    const auto lane = lane_from(text());
    if (!lane) refuse(lane_choice());
    return *lane;
}

}  // namespace rxlab
