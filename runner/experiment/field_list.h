// SPDX-License-Identifier: GPL-2.0
// One list of a struct's fields serves writing it as JSON and reading it back:
//
//   template <> struct FieldList<Check> {
//       static constexpr auto fields =
//           std::tuple(field("ok", &Check::ok), field("detail", &Check::detail));
//   };
//   Json json = written(check);
//   read(Field(json), check);
//
// A name with '/' in it is a place within a nested object. Numbers, texts, vectors, maps with text
// keys, std::optional (null), words (an enum with to_json and read_word) and listed structs can be
// fields; a Json field is an object or a reference to a factor, or any value within a vector or a
// map.
#pragma once
#include "experiment/field.h"
#include "experiment/resolve.h"

#include <optional>
#include <tuple>
#include <type_traits>

namespace rxlab {

template <typename T>
struct FieldList;

template <typename Struct, typename Member>
struct ListedField {
    const char* name;
    Member Struct::*member;
    bool may_lack;
};
template <typename Struct, typename Member>
constexpr ListedField<Struct, Member> field(const char* name, Member Struct::*member) {
    return {name, member, false};
}
/// A document may lack it: the member then keeps its value.
template <typename Struct, typename Member>
constexpr ListedField<Struct, Member> later_field(const char* name, Member Struct::*member) {
    return {name, member, true};
}

template <typename T>
concept Listed = requires {
    FieldList<T>::fields;
};
template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <typename T>
inline constexpr bool kIsVector = false;
template <typename T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <typename T>
inline constexpr bool kIsMap = false;
template <typename T>
inline constexpr bool kIsMap<std::map<std::string, T>> = true;

template <typename T>
Json written(const T& value) {
    Json json;
    if constexpr (Listed<T>) {
        json = Json::object();
        const auto add = [&](const auto& each) {
            json[Json::json_pointer(std::string("/") + each.name)] = written(value.*each.member);
        };
        std::apply([&](const auto&... each) { (add(each), ...); }, FieldList<T>::fields);
    } else if constexpr (kIsOptional<T>) {
        if (value) json = written(*value);
    } else if constexpr (kIsVector<T>) {
        json = Json::array();
        for (const auto& item : value) json.push_back(written(item));
    } else if constexpr (kIsMap<T>) {
        json = Json::object();
        for (const auto& [key, item] : value) json[key] = written(item);
    } else {
        json = value;
    }
    return json;
}

inline void read_word(const Field& json, std::string& value) {
    value = json.text();
}
inline void read_word(const Field& json, bool& value) {
    value = json.boolean();
}
inline void read_word(const Field& json, int& value) {
    value = json.integer();
}
inline void read_word(const Field& json, uint64_t& value) {
    value = json.natural();
}
inline void read_word(const Field& json, double& value) {
    value = json.number();
}
inline void read_word(const Field& json, Json& value) {
    value = reference_in(json.json()) ? json.json() : json.object();
}
inline void read_word(const Field& json, Lane& value) {
    value = json.lane();
}

/// What a struct demands of its fields together, once they are read; overloaded where there is
/// something. @throws Error(Status::usage)
template <typename T>
void check_read(const Field&, const T&) {}

/// @throws Error(Status::usage) naming the place, what was expected and what is there.
template <typename T>
void read(const Field& json, T& value) {
    if constexpr (Listed<T>) {
        const auto take = [&](const auto& each) {
            if (!each.may_lack || json.has(each.name))
                read(json.within(each.name), value.*each.member);
        };
        json.object();
        std::apply([&](const auto&... each) { (take(each), ...); }, FieldList<T>::fields);
        check_read(json, value);
    } else if constexpr (kIsOptional<T>) {
        value.reset();
        if (!json.json().is_null()) read(json, value.emplace());
    } else if constexpr (kIsVector<T>) {
        value.clear();
        for (const Field& item : json.items())
            if constexpr (std::is_same_v<T, std::vector<Json>>)
                value.push_back(item.json());
            else
                read(item, value.emplace_back());
    } else if constexpr (kIsMap<T>) {
        value.clear();
        for (const auto& [key, item] : json.entries())
            if constexpr (std::is_same_v<T, std::map<std::string, Json>>)
                value[key] = item.json();
            else
                read(item, value[key]);
    } else {
        read_word(json, value);
    }
}

}  // namespace rxlab
