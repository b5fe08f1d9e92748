// SPDX-License-Identifier: GPL-2.0
#include "base/bounded_json.h"

#include "base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using ::testing::HasSubstr;

std::string refusal(std::string_view text, const JsonBounds& bounds = {}) {
    try {
        parse_bounded(text, bounds);
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::invalid);
        return error.what();
    }
    return "";
}

std::string nested(size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

TEST(BoundedJson, what_is_within_the_bounds_is_as_it_was_written) {
    EXPECT_EQ(parse_bounded(R"({"a":[1,{"b":null}]})"), Json::parse(R"({"a":[1,{"b":null}]})"));
    EXPECT_EQ(refusal(nested(64)), "");
}

TEST(BoundedJson, what_nests_too_deeply_is_refused_where_it_begins_to) {
    EXPECT_THAT(refusal(nested(66)), HasSubstr("deeper than 64"));
    EXPECT_THAT(refusal(std::string(10'000'000, '[')), HasSubstr("deeper than 64"));
    std::string objects;
    for (int i = 0; i < 100; i++) objects += "{\"a\":";
    EXPECT_THAT(refusal(objects), HasSubstr("deeper than 64"));
}

TEST(BoundedJson, what_holds_too_many_values_is_refused) {
    std::string many = "[";
    for (int i = 0; i < 1000; i++) many += "0,";
    many += "0]";
    EXPECT_EQ(refusal(many), "");
    EXPECT_THAT(refusal(many, {.values = 1000}), HasSubstr("more than 1000 values"));
}

TEST(BoundedJson, what_is_no_json_is_shown_as_text) {
    EXPECT_THAT(refusal("{not"), HasSubstr("no JSON: '{not'"));
    EXPECT_THAT(refusal("\"\xff\x1b[2J\""), HasSubstr("\\xff\\x1b[2J"));
    EXPECT_THAT(refusal(""), HasSubstr("no JSON"));
    EXPECT_THAT(refusal("{}{}"), HasSubstr("no JSON"));
}

TEST(BoundedJson, strings_and_names_become_printable) {
    EXPECT_EQ(printable_json(Json{{"\x1b]0", {"\x07", 1, nullptr}}, {"a", {{"b\x7f", "c"}}}}),
              (Json{{"\\x1b]0", {"\\x07", 1, nullptr}}, {"a", {{"b\\x7f", "c"}}}}));
    EXPECT_EQ(printable_json(Json::object()), Json::object());
    EXPECT_EQ(printable_json(Json::array()), Json::array());
}

}  // namespace
}  // namespace rxlab
