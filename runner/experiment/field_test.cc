// SPDX-License-Identifier: GPL-2.0
#include "experiment/field_list.h"

#include "base/error.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

std::string refusal(const std::function<void(const Field&)>& read, const Json& json) {
    try {
        read(Field(json));
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        return error.what();
    }
    return "(accepted)";
}

TEST(Field, says_where_it_stands_and_what_was_expected) {
    const Json json = {{"a", {1, {{"b", "x"}}}}};
    EXPECT_EQ(refusal([](const Field& f) { f["a"].items()[1]["b"].number(); }, json),
              "/a/1/b: expected a number, got 'x'");
    EXPECT_EQ(refusal([](const Field& f) { f["a"].items()[1]["c"]; }, json),
              "/a/1: expected the key 'c', which is missing");
    EXPECT_EQ(refusal([](const Field& f) { f["z"]; }, json),
              "the document: expected the key 'z', which is missing");
    EXPECT_EQ(refusal([](const Field& f) { f["a"].object(); }, json),
              "/a: expected an object, got an array");
    std::vector<std::string> texts;
    EXPECT_EQ(refusal([&](const Field& f) { read(f["a"], texts); }, json),
              "/a/0: expected a text, got 1");
}

TEST(Field, takes_numbers_only_in_their_range) {
    EXPECT_EQ(Field(Json(7)).integer(), 7);
    EXPECT_EQ(Field(Json(7)).natural(), 7u);
    EXPECT_EQ(refusal([](const Field& f) { f.natural(); }, -1),
              "the document: expected an integer that is not negative, got -1");
    EXPECT_EQ(refusal([](const Field& f) { f.integer(); }, 1.5),
              "the document: expected an integer, got 1.5");
    EXPECT_EQ(refusal([](const Field& f) { f.integer(); }, 5'000'000'000),
              "the document: expected an integer, got 5000000000");
}

}  // namespace
}  // namespace rxlab
