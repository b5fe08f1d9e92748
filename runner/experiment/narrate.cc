// SPDX-License-Identifier: GPL-2.0
#include "experiment/narrate.h"

#include "base/nearest.h"

#include <fmt/format.h>
#include <algorithm>
#include <map>
#include <optional>
#include <regex>

namespace rxlab {
namespace {

constexpr size_t kLongestList = 16;
constexpr size_t kLongestShown = 60;

bool is_type(const Json& instance, const std::string& type) {
    if (type == "integer") return instance.is_number_integer();
    if (type == "number") return instance.is_number();
    if (type == "string") return instance.is_string();
    if (type == "boolean") return instance.is_boolean();
    if (type == "array") return instance.is_array();
    if (type == "object") return instance.is_object();
    return type == "null" && instance.is_null();
}

std::string with_article(const std::string& type) {
    if (type == "null") return type;
    return (std::string("aeio").find(type[0]) == std::string::npos ? "a " : "an ") + type;
}

/// Compiled once: a schema has few patterns, and each is asked for many keys and strings.
bool matches(const std::string& text, const std::string& pattern) {
    thread_local std::map<std::string, std::regex> known;
    auto place = known.find(pattern);
    if (place == known.end()) place = known.emplace(pattern, std::regex(pattern)).first;
    return std::regex_search(text, place->second);
}

std::vector<std::string> strings(const Json& array) {
    std::vector<std::string> words;
    for (const Json& item : array)
        if (item.is_string()) words.push_back(item);
    return words;
}

/// "kind:" of patterns that begin with "^kind:", each with the rest of `key`: what a misspelt kind
/// may have meant.
std::vector<std::string> completions(const Json& patterns, const std::string& key) {
    static const std::regex prefix("\\^([a-z_]+:).*");
    std::vector<std::string> words;
    std::smatch match;
    for (const std::string& pattern : keys(patterns))
        if (std::regex_match(pattern, match, prefix))
            words.push_back(match[1].str() +
                            key.substr(std::min(key.find(':'), key.size() - 1) + 1));
    return words;
}

/// A keyword's value, or an empty object, which allows and lists nothing.
const Json& part(const Json& schema, const char* keyword) {
    static const Json nothing = Json::object();
    const auto found = schema.find(keyword);
    return found == schema.end() ? nothing : *found;
}

class Narrator {
public:
    explicit Narrator(const Json& root) : root_(root) {}

    std::vector<Finding> of(const Json& written, const Json& instance,
                            const Json::json_pointer& at) const {
        if (written.is_boolean()) {
            if (written.get<bool>()) return {};
            return {{at, false, fmt::format("expected nothing here, got {}", shown(instance))}};
        }
        const Json& schema = resolved(written);
        if (auto finding = of_value(schema, instance)) return {{at, false, *finding}};
        std::vector<Finding> findings;
        of_array(schema, instance, at, findings);
        of_object(schema, instance, at, findings);
        of_parts(schema, instance, at, findings);
        return findings;
    }

private:
    const Json& resolved(const Json& schema) const {
        const auto ref = schema.find("$ref");
        return ref == schema.end()
                   ? schema
                   : resolved(root_.at(Json::json_pointer(ref->get<std::string>().substr(1))));
    }

    static std::optional<std::string> of_value(const Json& schema, const Json& instance) {
        if (auto message = of_type(schema, instance)) return message;
        if (auto message = of_words(schema, instance)) return message;
        if (auto message = of_string(schema, instance)) return message;
        return of_number(schema, instance);
    }

    static std::optional<std::string> of_type(const Json& schema, const Json& instance) {
        const auto type = schema.find("type");
        if (type == schema.end()) return {};
        const std::vector<std::string> types =
            type->is_array() ? strings(*type) : std::vector{type->get<std::string>()};
        if (std::any_of(types.begin(), types.end(),
                        [&](const auto& name) { return is_type(instance, name); }))
            return {};
        std::string expected;
        for (const std::string& name : types)
            expected += (expected.empty() ? "" : " or ") + with_article(name);
        return fmt::format("expected {}, got {}", expected, shown(instance));
    }

    static std::optional<std::string> of_words(const Json& schema, const Json& instance) {
        const auto constant = schema.find("const");
        if (constant != schema.end() && *constant != instance)
            return fmt::format("expected {}, got {}", shown(*constant), shown(instance));
        const auto choice = schema.find("enum");
        if (choice == schema.end() ||
            std::find(choice->begin(), choice->end(), instance) != choice->end())
            return {};
        return refused(schema, strings(*choice), instance);
    }

    static std::string refused(const Json& schema, const std::vector<std::string>& words,
                               const Json& instance) {
        std::string expected = schema.value("title", "");
        if (expected.empty())
            expected = words.empty() ? "another value" : one_of(words);
        else if (!words.empty())
            expected += fmt::format(" ({})", one_of(words));
        return fmt::format(
            "expected {}, got {}{}", expected, shown(instance),
            instance.is_string() ? did_you_mean(instance.get<std::string>(), words, "; ") : "");
    }

    static std::optional<std::string> of_string(const Json& schema, const Json& instance) {
        if (!instance.is_string()) return {};
        const auto& text = instance.get_ref<const std::string&>();
        const size_t length =
            std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
        if (length < schema.value("minLength", size_t{0}))
            return fmt::format("expected {} or more characters, got {}",
                               schema["minLength"].get<size_t>(), length);
        if (length > schema.value("maxLength", SIZE_MAX))
            return fmt::format("expected at most {} characters, got {}",
                               schema["maxLength"].get<size_t>(), length);
        const auto pattern = schema.find("pattern");
        if (pattern == schema.end() || matches(text, *pattern)) return {};
        const std::string expected =
            schema.value("title", fmt::format("text that matches {}", pattern->get<std::string>()));
        return fmt::format("expected {}, got {}", expected, shown(instance));
    }

    static std::optional<std::string> of_number(const Json& schema, const Json& instance) {
        if (!instance.is_number()) return {};
        const auto refuse = [&](const char* bound, const char* words) {
            return fmt::format("expected {} {}, got {}", words, schema[bound].dump(),
                               instance.dump());
        };
        if (schema.contains("minimum") && instance < schema["minimum"])
            return refuse("minimum", "at least");
        if (schema.contains("maximum") && instance > schema["maximum"])
            return refuse("maximum", "at most");
        if (schema.contains("exclusiveMinimum") && instance <= schema["exclusiveMinimum"])
            return refuse("exclusiveMinimum", "more than");
        if (schema.contains("exclusiveMaximum") && instance >= schema["exclusiveMaximum"])
            return refuse("exclusiveMaximum", "less than");
        return {};
    }

    void of_array(const Json& schema, const Json& instance, const Json::json_pointer& at,
                  std::vector<Finding>& findings) const {
        if (!instance.is_array()) return;
        if (instance.size() < schema.value("minItems", size_t{0}))
            findings.push_back({at, false,
                                fmt::format("expected {} or more items, got {}",
                                            schema["minItems"].get<size_t>(), instance.size())});
        if (instance.size() > schema.value("maxItems", SIZE_MAX))
            findings.push_back({at, false,
                                fmt::format("expected at most {} items, got {}",
                                            schema["maxItems"].get<size_t>(), instance.size())});
        const bool unique = schema.value("uniqueItems", false);
        for (size_t i = 0; i < instance.size(); i++) {
            if (unique && std::find(instance.begin(), instance.begin() + i, instance[i]) !=
                              instance.begin() + i)
                findings.push_back(
                    {at / i, false,
                     fmt::format("expected each item once, got {} again", shown(instance[i]))});
            if (schema.contains("items"))
                append(findings, of(schema["items"], instance[i], at / i));
        }
    }

    void of_object(const Json& schema, const Json& instance, const Json::json_pointer& at,
                   std::vector<Finding>& findings) const {
        if (!instance.is_object()) return;
        std::vector<std::string> missing;
        for (const std::string& key : strings(part(schema, "required")))
            if (!instance.contains(key)) missing.push_back("'" + key + "'");
        if (!missing.empty())
            findings.push_back(
                {at, false,
                 fmt::format("expected key{} {}, got none", missing.size() > 1 ? "s" : "",
                             fmt::join(missing, ", "))});
        for (const auto& [key, value] : instance.items())
            of_member(schema, key, value, at / key, findings);
    }

    void of_member(const Json& schema, const std::string& key, const Json& value,
                   const Json::json_pointer& at, std::vector<Finding>& findings) const {
        const Json& properties = part(schema, "properties");
        const Json& patterns = part(schema, "patternProperties");
        bool known = properties.contains(key);
        if (known) append(findings, of(properties.at(key), value, at));
        for (const auto& [pattern, node] : patterns.items()) {
            if (!matches(key, pattern)) continue;
            known = true;
            append(findings, of(node, value, at));
        }
        const Json& rest = part(schema, "additionalProperties");
        if (known || rest == Json(true)) return;
        if (rest.is_object()) return append(findings, of(rest, value, at));
        std::vector<std::string> words = completions(patterns, key);
        const std::vector<std::string> names = keys(properties);
        words.insert(words.end(), names.begin(), names.end());
        std::string expected = names.empty() ? "no key" : "key " + one_of(names);
        if (!patterns.empty()) expected = schema.value("title", expected);
        findings.push_back({at, true,
                            fmt::format("expected {}, got '{}'{}", expected, key,
                                        did_you_mean(key, words, "; "))});
    }

    void of_parts(const Json& schema, const Json& instance, const Json::json_pointer& at,
                  std::vector<Finding>& findings) const {
        for (const Json& all : part(schema, "allOf")) append(findings, of(all, instance, at));
        if (schema.contains("if")) {
            const char* branch = of(schema["if"], instance, at).empty() ? "then" : "else";
            if (schema.contains(branch)) append(findings, of(schema[branch], instance, at));
        }
        for (const char* choice : {"anyOf", "oneOf"})
            if (schema.contains(choice))
                append(findings, of_choice(schema, schema[choice], instance, at));
    }

    /// Nothing when a branch fits; else the words of all branches for a string, or the branch that
    /// fits deepest.
    std::vector<Finding> of_choice(const Json& schema, const Json& branches, const Json& instance,
                                   const Json::json_pointer& at) const {
        std::vector<std::string> words;
        std::vector<std::vector<Finding>> refusals;
        for (const Json& branch : branches) {
            refusals.push_back(of(branch, instance, at));
            if (refusals.back().empty()) return {};
            for (const std::string& word : strings(part(resolved(branch), "enum")))
                words.push_back(word);
        }
        if (instance.is_string() && !words.empty())
            return {{at, false, refused(schema, words, instance)}};
        return *std::max_element(refusals.begin(), refusals.end(),
                                 [](const auto& a, const auto& b) {
                                     return std::pair(a[0].pointer.to_string().size(), b.size()) <
                                            std::pair(b[0].pointer.to_string().size(), a.size());
                                 });
    }

    static void append(std::vector<Finding>& findings, std::vector<Finding> more) {
        findings.insert(findings.end(), more.begin(), more.end());
    }

    const Json& root_;
};

}  // namespace

std::vector<Finding> narrate(const Json& schema, const Json& instance) {
    return Narrator(schema).of(schema, instance, Json::json_pointer());
}

std::vector<std::string> keys(const Json& object) {
    std::vector<std::string> words;
    if (object.is_object())
        for (const auto& [key, value] : object.items()) words.push_back(key);
    return words;
}

std::string one_of(const std::vector<std::string>& words) {
    std::string list;
    for (size_t i = 0; i < std::min(words.size(), kLongestList); i++)
        list += (i == 0 ? "'" : i + 1 == words.size() ? " or '" : ", '") + words[i] + "'";
    return words.size() > kLongestList ? list + " or another" : list;
}

std::string shown(const Json& value) {
    if (value.is_object()) return "an object";
    if (value.is_array()) return "an array";
    if (!value.is_string()) return value.dump();
    const auto& text = value.get_ref<const std::string&>();
    if (text.size() <= kLongestShown) return fmt::format("'{}'", text);
    return fmt::format("'{}...' ({} bytes)", text.substr(0, kLongestShown), text.size());
}

}  // namespace rxlab
