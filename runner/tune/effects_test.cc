// SPDX-License-Identifier: GPL-2.0
#include "tune/effects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

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
    const Effects effects = effects_of(
        three(), points, values(points, [](int a, int b, int) { return 100 + 6 * a + 2 * b; }));
    ASSERT_THAT(effects.rows, SizeIs(2)) << "no interaction, and nothing of c";
    EXPECT_TRUE(effects.against_chance);
    EXPECT_THAT(effects.rows[0].knobs, ElementsAre(0));
    EXPECT_THAT(effects.rows[1].knobs, ElementsAre(1));
    // Variances of 6a (3^2) and of 2b (4 * 2/3).
    EXPECT_NEAR(effects.rows[0].share, 9 / (9 + 8 / 3.0), 1e-9);
    EXPECT_NEAR(effects.rows[1].share, 8 / 3.0 / (9 + 8 / 3.0), 1e-9);
    ASSERT_THAT(effects.rows[0].levels, SizeIs(2));
    EXPECT_NEAR(effects.rows[0].levels[0].mean, 102, 1e-12);
    EXPECT_NEAR(effects.rows[0].levels[1].mean, 108, 1e-12);
    EXPECT_EQ(effects.rows[0].levels[1].points, 6u);
}

TEST(Effects, of_two_knobs_that_only_help_together_are_an_interaction) {
    const std::vector<Point> points = points_of(three());
    const Effects effects = effects_of(
        three(), points, values(points, [](int a, int, int c) { return a == c ? 50 : 100; }));
    ASSERT_THAT(effects.rows, SizeIs(1));
    EXPECT_THAT(effects.rows[0].knobs, ElementsAre(0, 2));
    EXPECT_NEAR(effects.rows[0].share, 1, 1e-9);
}

/// Where some combinations are excluded, a knob does not get what another one does.
TEST(Effects, of_one_knob_are_its_own_where_points_are_missing) {
    const std::vector<Point> points = points_of(three());
    auto all = values(points, [](int a, int, int) { return 100 + a; });
    for (size_t i = 0; i < points.size(); i++)
        if (points[i][0] == 0 && points[i][1] != 0 && points[i][2] == 0) all[i].reset();
    const Effects effects = effects_of(three(), points, all);
    ASSERT_THAT(effects.rows, SizeIs(1));
    EXPECT_THAT(effects.rows[0].knobs, ElementsAre(0));
    EXPECT_NEAR(effects.rows[0].share, 1, 0.35) << "of what the others leave";
    EXPECT_EQ(effects.rows[0].levels[0].points, 4u);
}

TEST(Effects, of_nothing_are_none) {
    const std::vector<Point> points = points_of(three());
    for (const double same : {100.0, 707.3, 1e-7, 0.0})
        EXPECT_THAT(
            effects_of(three(), points, values(points, [&](int, int, int) { return same; })).rows,
            IsEmpty())
            << same;
    EXPECT_THAT(effects_of(three(), points, std::vector<std::optional<double>>(points.size())).rows,
                IsEmpty());
}

/// 216 points, of which each is only its noise: at 1 % for each of six effects, fifty searches name
/// three or so.
TEST(Effects, of_chance_are_rarely_named) {
    const Space six = parse_space(R"({"name": "six", "knobs": {
        "/topology/a": [0, 1, 2, 3, 4, 5], "/topology/b": [0, 1, 2, 3, 4, 5],
        "/topology/c": [0, 1, 2, 3, 4, 5]}})",
                                  "six.json");
    const std::vector<Point> points = points_of(six);
    size_t named = 0;
    for (unsigned seed = 0; seed < 50; seed++) {
        std::mt19937 random(seed);
        std::normal_distribution<double> noise(1000, 2);
        named +=
            effects_of(six, points, values(points, [&](int, int, int) { return noise(random); }))
                .rows.size();
    }
    EXPECT_LE(named, 10u);
}

TEST(Effects, are_named_through_noise) {
    const std::vector<Point> points = points_of(three());
    std::mt19937 random(1);
    std::normal_distribution<double> noise(0, 0.5);
    const Effects effects =
        effects_of(three(), points,
                   values(points, [&](int a, int, int) { return 1000 + 50 * a + noise(random); }));
    ASSERT_FALSE(effects.rows.empty());
    EXPECT_THAT(effects.rows[0].knobs, ElementsAre(0));
    EXPECT_GT(effects.rows[0].share, 0.99);
}

}  // namespace
}  // namespace rxlab
