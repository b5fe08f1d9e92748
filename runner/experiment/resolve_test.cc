// SPDX-License-Identifier: GPL-2.0
#include "experiment/resolve.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Filled, keeps_the_type_of_the_value) {
    const std::map<std::string, Json> factors = {
        {"n", 16}, {"pair", {{"packets", 300}, {"usecs", 2000}}}, {"on", true}};
    const Json written = {
        {"a", "$n"}, {"b", {"$pair.usecs", "$on"}}, {"c", {{"d", "$pair"}}}, {"e", "n"}, {"f", 1}};
    const Json expected = {
        {"a", 16}, {"b", {2000, true}}, {"c", {{"d", factors.at("pair")}}}, {"e", "n"}, {"f", 1}};
    EXPECT_EQ(filled(written, factors), expected);
}

TEST(Filled, leaves_what_no_factor_answers) {
    const std::map<std::string, Json> factors = {{"n", 16}};
    for (const char* text : {"$m", "$n.key", "$", "$.", "$n."}) {
        const Json value = text;
        EXPECT_EQ(filled(value, factors), std::string(text) == "$n." ? Json(16) : value);
    }
}

TEST(LaidOver, replaces_a_kind_whole_and_takes_away_by_null) {
    const Json below = {{"xdp", {{"program", "a"}, {"mode", "native"}}}, {"link", Json::object()}};
    EXPECT_EQ(merge_members(below, {{"xdp", {{"program", "b"}}}, {"link", nullptr}}),
              Json({{"xdp", {{"program", "b"}}}}));
    EXPECT_EQ(merge_members(below, Json::object()), below);
}

TEST(Patched, merges_deep) {
    EXPECT_EQ(merge_patch({{"kind", "pktgen"}, {"burst", 1}}, {{"burst", nullptr}, {"packets", 5}}),
              Json({{"kind", "pktgen"}, {"packets", 5}}));
}

TEST(Patched, another_kind_has_nothing_of_the_first) {
    const Json live = {{"kind", "live_frames"}, {"packets", 5}};
    EXPECT_EQ(merge_patch({{"kind", "pktgen"}, {"burst", 1}}, live), live);
    EXPECT_EQ(merge_patch({{"kind", "pktgen"}, {"burst", 1}}, {{"kind", "pktgen"}, {"packets", 5}}),
              Json({{"kind", "pktgen"}, {"burst", 1}, {"packets", 5}}));
}

TEST(BothPatches, are_one_after_the_other) {
    const Json below = {
        {"kind", "rxnic"}, {"usecs", 50}, {"deep", {{"a", 1}, {"b", 2}}}, {"queues", 1}};
    const Json first = {{"usecs", nullptr}, {"deep", {{"a", nullptr}}}, {"work", 5}},
               second = {{"usecs", 7}, {"deep", {{"b", 3}}}, {"queues", nullptr}};
    EXPECT_EQ(merge_patch(below, compose_patches(first, second)),
              merge_patch(merge_patch(below, first), second));
    EXPECT_EQ(merge_patch(below, compose_patches(first, Json::object())),
              merge_patch(below, first));
}

TEST(BothPatches, another_kind_has_nothing_of_the_first) {
    const Json veth = {{"kind", "veth"}, {"queues", 2}};
    EXPECT_EQ(compose_patches({{"kind", "rxnic"}, {"usecs", 0}}, veth), veth);
}

}  // namespace
}  // namespace rxlab
