// SPDX-License-Identifier: GPL-2.0
#include "experiment/source.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

/// The text from where the value at `pointer` starts.
std::string at(const Source& source, const std::string& pointer, size_t length) {
    return source.text.substr(source.places.at(pointer).value, length);
}

TEST(Source, knows_where_each_value_and_key_stands) {
    const Source source = read_source(
        "\xEF\xBB\xBF{ // one, \"no\": 1\n \"a\" /* : 2 */ : [10/*x*/,-2.5e3,true , "
        "null],\"b/~\":{\"\\u00e4\":\"x\\\"y\"}}");
    ASSERT_TRUE(source.problems.empty());
    EXPECT_EQ(at(source, "", 1), "{");
    EXPECT_EQ(at(source, "/a", 3), "[10");
    EXPECT_EQ(at(source, "/a/0", 2), "10");
    EXPECT_EQ(at(source, "/a/1", 6), "-2.5e3");
    EXPECT_EQ(at(source, "/a/2", 4), "true");
    EXPECT_EQ(at(source, "/a/3", 4), "null");
    EXPECT_EQ(at(source, "/b~1~0/\xC3\xA4", 6), "\"x\\\"y\"");
    EXPECT_EQ(source.text.substr(source.places.at("/b~1~0").key, 5), "\"b/~\"");
    EXPECT_EQ(source.document["a"][1], -2500.0);
}

std::string fault_in(const std::string& text) {
    const Source source = read_source(text);
    EXPECT_FALSE(source.problems.empty()) << text;
    return problems_error("x.json", text, source.problems).what();
}

TEST(Source, tells_syntax_errors_with_their_place) {
    EXPECT_EQ(fault_in(""), "x.json:1:1: expected a value, got the end of the file\n\n^");
    EXPECT_EQ(fault_in("{\"a\": [1,\n  2\n\n"),
              "x.json:2:4: expected ',' or ']', got the end of the file\n  2\n   ^");
    EXPECT_EQ(fault_in("{\"a\": 1 \"b\": 2}"),
              "x.json:1:9: expected ',' or '}', got '\"b\"'\n{\"a\": 1 \"b\": 2}\n        ^");
    EXPECT_EQ(fault_in("{\"a\":1,}"),
              "x.json:1:8: expected a key in double quotes, got '}'\n{\"a\":1,}\n       ^");
    EXPECT_EQ(fault_in("{\"a\" 1}"),
              "x.json:1:6: expected ':' after the key, got '1'\n{\"a\" 1}\n     ^");
    EXPECT_EQ(fault_in("[1,]"), "x.json:1:4: expected a value, got ']'\n[1,]\n   ^");
    EXPECT_EQ(fault_in("{\"a\": tru}"),
              "x.json:1:7: expected a value, got invalid literal\n{\"a\": tru}\n      ^");
    EXPECT_EQ(fault_in("{\"a\": \"x"),
              "x.json:1:7: expected a value, got invalid string: missing closing quote\n{\"a\": "
              "\"x\n      ^");
    EXPECT_EQ(fault_in("[1e999]"),
              "x.json:1:2: expected a value, got number overflow parsing '1e999'\n[1e999]\n ^");
    EXPECT_EQ(fault_in("{} {}"), "x.json:1:4: expected the end of the file, got '{'\n{} {}\n   ^");
    EXPECT_EQ(fault_in("[1, /* x"),
              "x.json:1:8: expected a value, got invalid comment; missing closing '*/'\n[1, /* x\n "
              "      ^");
}

TEST(Source, refuses_what_would_exhaust_its_readers) {
    EXPECT_EQ(fault_in(std::string(33, '[')),
              "x.json:1:33: expected at most 32 levels, got one more\n" + std::string(33, '[') +
                  "\n" + std::string(32, ' ') + "^");
    EXPECT_EQ(fault_in("[\"" + std::string(9000, 'a') + "\"]").substr(0, 66),
              "x.json:1:2: expected at most 8192 bytes in a string, got 9000\n[\"aa");
}

TEST(Source, stops_where_there_are_more_items_than_wanted) {
    EXPECT_TRUE(read_source("[[1, 2], {\"a\": 1, \"b\": 2}]", 2).problems.empty());
    for (const std::string text :
         {"[1, 2, 3, oops", "[1, 2, [], oops", "{\"a\": 1, \"b\": 2, \"c\": 3, oops"}) {
        const Source source = read_source(text, 2);
        ASSERT_EQ(source.problems.size(), 1u) << text;
        EXPECT_EQ(source.problems[0].message, "expected at most 2 items, got more");
        EXPECT_EQ(source.places.size(), 3u) << "the whole and two items";
    }
}

TEST(Source, points_at_characters_not_bytes) {
    EXPECT_EQ(
        fault_in("{\"\xC3\xA4\xC3\xB6\": x}"),
        "x.json:1:8: expected a value, got invalid literal\n{\"\xC3\xA4\xC3\xB6\": x}\n       ^");
    EXPECT_EQ(fault_in("{\t\"a\" 1}"),
              "x.json:1:7: expected ':' after the key, got '1'\n{ \"a\" 1}\n      ^");
}

TEST(Source, shows_the_neighbourhood_in_a_long_line) {
    const std::string text = "[" + std::string(200, ' ') + "x" + std::string(200, ' ') + "]";
    const std::string message = fault_in(text);
    EXPECT_EQ(message, "x.json:1:202: expected a value, got invalid literal\n" +
                           std::string(50, ' ') + "x" + std::string(49, ' ') + "\n" +
                           std::string(50, ' ') + "^");
}

}  // namespace
}  // namespace rxlab
