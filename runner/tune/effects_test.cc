// SPDX-License-Identifier: GPL-2.0
#include "tune/effects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Space three() {
    return parse_space(R"({"name": "three", "knobs": {
        "/topology/a": [0, 1], "/topology/b": [0, 1, 2], "/topology/c": [0, 1]}})",
                       "three.json");
}

std::vector<std::optional<double>> values(const std::vector<Point>& points,
                                          const std::function<double(int, int, int)>& cost) {
    std::vector<std::optional<double>> values;
    for (const Point& point : points) values.push_back(cost(point[0], point[1], point[2]));
    return values;
}

TEST(Effects, of_knobs_that_add_up_are_their_own_shares) {
    const std::vector<Point> points = points_of(three());
    const auto effects = effects_of(
        three(), points, values(points, [](int a, int b, int) { return 100 + 6 * a + 2 * b; }));
    ASSERT_EQ(effects.size(), 6u);
    EXPECT_THAT(effects[0].knobs, ElementsAre("a"));
    EXPECT_THAT(effects[1].knobs, ElementsAre("b"));
    // Variances of 6a (3^2) and of 2b (4 * 2/3).
    EXPECT_NEAR(effects[0].share, 9 / (9 + 8 / 3.0), 1e-12);
    EXPECT_NEAR(effects[1].share, 8 / 3.0 / (9 + 8 / 3.0), 1e-12);
    for (size_t i = 2; i < effects.size(); i++) EXPECT_NEAR(effects[i].share, 0, 1e-12);
    ASSERT_EQ(effects[0].levels.size(), 2u);
    EXPECT_NEAR(effects[0].levels[0].mean, 102, 1e-12);
    EXPECT_NEAR(effects[0].levels[1].mean, 108, 1e-12);
    EXPECT_EQ(effects[0].levels[1].points, 6u);
}

TEST(Effects, of_two_knobs_that_only_help_together_are_an_interaction) {
    const std::vector<Point> points = points_of(three());
    const auto effects = effects_of(
        three(), points, values(points, [](int a, int, int c) { return a == c ? 50 : 100; }));
    EXPECT_THAT(effects[0].knobs, ElementsAre("a", "c"));
    EXPECT_NEAR(effects[0].share, 1, 1e-12);
}

TEST(Effects, leave_out_points_without_a_value) {
    const std::vector<Point> points = points_of(three());
    auto all = values(points, [](int a, int, int) { return 100 + a; });
    all[0].reset();
    const auto effects = effects_of(three(), points, all);
    EXPECT_THAT(effects[0].knobs, ElementsAre("a"));
    EXPECT_EQ(effects[0].levels[0].points, 5u);
}

TEST(Effects, of_nothing_are_none) {
    const std::vector<Point> points = points_of(three());
    EXPECT_THAT(effects_of(three(), points, values(points, [](int, int, int) { return 100; })),
                IsEmpty());
    EXPECT_THAT(effects_of(three(), points, std::vector<std::optional<double>>(points.size())),
                IsEmpty());
}

}  // namespace
}  // namespace rxlab
