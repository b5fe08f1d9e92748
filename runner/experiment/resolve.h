// SPDX-License-Identifier: GPL-2.0
// From what was written to what a trial gets: arms over the experiment, factors filled in.
#pragma once
#include "base/json.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace rxlab {

/// The keys of an experiment and of an arm in which a factor may be referred to.
inline constexpr const char* kPartsWithFactors[] = {"topology", "setup", "knobs", "traffic",
                                                    "boot"};

/// "$name" or "$name.key".
struct Reference {
    std::string factor;
    std::string key;  ///< empty: the whole value
};
std::optional<Reference> reference_in(const Json& value);

/// `value` with every reference replaced by what `factors` gives for it, its type kept. References
/// that `factors` does not answer stay as they are.
Json filled(const Json& value, const std::map<std::string, Json>& factors);

/// What a factor's value is called: its "name" where it is an object that has one, else itself.
const Json& value_word(const Json& value);
std::string value_text(const Json& value);

/// Is the factor's value meant by `word`: the value itself, or the "name" of one that is an object?
bool is_value(const Json& value, const Json& word);

/// Key by key: `above` wins, null takes away.
Json merge_members(const Json& below, const Json& above);

/// RFC 7386 merge patch; what names another "kind" replaces, since the parameters of one kind mean
/// nothing to another.
Json merge_patch(Json below, const Json& above);

/// A patch that does what the first and then the second would: nulls stay, since they are yet to
/// take something away. One that is no object (a reference to a factor) replaces what is there.
Json compose_patches(Json first, const Json& second);

}  // namespace rxlab
