// SPDX-License-Identifier: GPL-2.0
#include "tune/document.h"

#include "base/error.h"
#include "compare/compare.h"
#include "experiment/test_schema.h"
#include "result/test_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kCost = "instructions_per_packet";

/// A search of 3 x 3 points, each value of the first knob so many instructions, the second none.
Tuned searched(const std::vector<double>& costs) {
    Tuned tuned;
    tuned.space = parse_space(R"({"name": "nine", "knobs": {
        "/topology/a": [0, 1, 2], "/topology/b": [0, 1, 2]}})",
                              "nine.json");
    tuned.points = points_of(tuned.space);
    std::vector<std::string> arms{"now"};
    for (size_t i = 0; i < tuned.points.size(); i++) arms.push_back(arm_name(i));
    tuned.experiment = test_experiment(arms);
    tuned.race = {kCost, 1, {}};
    judge(tuned, test_result(tuned.experiment, [&](const std::string& arm, int) {
              return arm == "now" ? 100 : costs[std::stoul(arm.substr(6)) / 3];
          }));
    return tuned;
}

TEST(Tuned, names_the_winner_and_what_mattered) {
    const Tuned tuned = searched({100, 90, 110});
    ASSERT_TRUE(tuned.winner);
    EXPECT_EQ(words_of(tuned.space, tuned.points[*tuned.winner]), "a 1, b 0");
    EXPECT_THAT(tuned.effects.rows[0].knobs, ElementsAre(0));
    EXPECT_NEAR(tuned.effects.rows[0].share, 1, 1e-9);
    const std::vector<std::string> words = in_words(tuned);
    EXPECT_THAT(words[1], HasSubstr("a 1, b 0 (0.900x in the search, which chose it)"));
    EXPECT_THAT(words.back(), HasSubstr("a 100.0 %"));
    const Json json = to_json(tuned);
    EXPECT_EQ(json["winner"]["values"], Json({{"/topology/a", 1}, {"/topology/b", 0}}));
    EXPECT_EQ(json["points"].size(), 9u);
    EXPECT_TRUE(json["proof"].is_null());
    expect_schema(json, "tune");
}

TEST(Tuned, has_no_winner_where_nothing_is_better) {
    const Tuned tuned = searched({100, 100, 110});
    EXPECT_FALSE(tuned.winner);
    expect_schema(to_json(tuned), "tune");
    EXPECT_THAT(in_words(tuned)[1], HasSubstr("no point is better than 'now'"));
}

TEST(Tuned, nothing_mattered_where_nothing_differs) {
    EXPECT_THAT(searched({120, 120, 120}).effects.rows, IsEmpty());
}

/// Over all rounds point 8 is best, in the first one point 0.
double best_later(const std::string& arm, int round) {
    if (arm == "now") return 100;
    if (arm == arm_name(8)) return round == 0 ? 99 : 80;
    if (arm == arm_name(0)) return round == 0 ? 70 : 92;
    return 98;
}

TEST(Tuned, tells_what_a_race_finds_of_what_all_points_in_all_rounds_show) {
    Tuned tuned = searched({100, 90, 110});
    const Result all = test_result(tuned.experiment, best_later);
    tuned.race.heat_rounds = 8;
    judge(tuned, all);
    EXPECT_EQ(tuned.winner, 8u);
    tuned.raced = raced_in(tuned, all, {kCost, 1, {}});
    EXPECT_EQ(tuned.raced->winner, 0u);
    EXPECT_EQ(tuned.raced->trials, 14u);
    EXPECT_NEAR(*tuned.raced->gain, (100 - 89.25) / (100 - 82.375), 1e-9);
    EXPECT_THAT(in_words(tuned)[2], HasSubstr("takes 14 of the trials (17.5 %) and finds a 0, b 0: "
                                              "61.0 % of the best's gain"));
    expect_schema(to_json(tuned), "tune");
    tuned.raced = raced_in(tuned, all, {kCost, 8, {}});
    EXPECT_DOUBLE_EQ(*tuned.raced->gain, 1);
    EXPECT_THAT(in_words(tuned)[2], HasSubstr("finds the same point"));
}

Proof proof_by(
    const Reading& reading, const Race& race = {kCost, 1, {}},
    const std::function<void(Observation&)>& change = [](Observation&) {}) {
    Result result = test_result(test_experiment({"now", "tuned"}), reading);
    for (Observation& observation : result.observations) change(observation);
    return proof_of(result, compare(result), race, "tuned");
}

double tenth_less(const std::string& arm, int round) {
    return (arm == "tuned" ? 900 : 1000) + round;
}

TEST(Tuned, says_what_the_run_of_its_own_says) {
    Tuned tuned = searched({100, 90, 110});
    tuned.proof = proof_by(tenth_less);
    EXPECT_THAT(in_words(tuned)[2], HasSubstr("in other boots: 0.900x the"));
    EXPECT_EQ(to_json(tuned)["proof"]["verdict"], "better");
    expect_schema(to_json(tuned), "tune");
    EXPECT_THROW(proof_by(tenth_less, {"ns_per_packet", 1, {}}), Error);
}

TEST(Tuned, a_guard_that_was_kept_by_luck_is_told_of_the_proof) {
    Tuned tuned = searched({100, 90, 110});
    tuned.proof = proof_by(tenth_less, {kCost, 1, {{"packets_lost", 1}}}, [](Observation& one) {
        if (one.trial.arm == "tuned" && one.trial.round == 5) one.metrics["packets_lost"].value = 3;
    });
    EXPECT_THAT(tuned.proof->fault, HasSubstr("packets_lost is"));
    EXPECT_THAT(in_words(tuned)[2], HasSubstr("; but packets_lost is"));
    expect_schema(to_json(tuned), "tune");
}

constexpr const char* kWindow = "window.instructions_per_packet";

/// a 0 is cheap and slow, a 1 both a little, a 2 neither.
std::pair<double, double> traded(const std::string& arm) {
    if (arm == "now") return {1000, 1000};
    const size_t a = std::stoul(arm.substr(6)) / 3;
    return a == 0   ? std::pair(500.0, 1500.0)
           : a == 1 ? std::pair(900.0, 900.0)
                    : std::pair(1e4, 1e4);
}

Result traded_by(const std::vector<std::string>& arms) {
    Result result = test_result(test_experiment(arms), [](const std::string& arm, int round) {
        return traded(arm).first + round;
    });
    result.experiment.primary.push_back(kWindow);
    for (Observation& observation : result.observations)
        observation.metrics[kWindow] = {
            traded(observation.trial.arm).second + observation.trial.round, "", "lower"};
    return result;
}

Tuned searched_for_a_front() {
    Tuned tuned = searched({100, 90, 110});
    tuned.space.pareto = {kCost, kWindow};
    tuned.race.against = kWindow;
    std::vector<std::string> arms;
    for (const Arm& arm : tuned.experiment.arms) arms.push_back(arm.name);
    judge(tuned, traded_by(arms));
    return tuned;
}

TEST(Tuned, names_the_front_where_two_metrics_decide) {
    Tuned tuned = searched_for_a_front();
    EXPECT_FALSE(tuned.winner);
    std::vector<size_t> front;
    for (const FrontPoint& one : tuned.front) front.push_back(one.point);
    EXPECT_THAT(front, ElementsAre(0, 1, 2, 3, 4, 5)) << "equal points are all there";
    expect_schema(to_json(tuned), "tune");
    EXPECT_FALSE(tuned.proved());
    tuned.front.resize(4);
    tuned.front.erase(tuned.front.begin() + 1, tuned.front.begin() + 3);
    const Result proof = traded_by({"now", arm_name(0), arm_name(3)});
    for (FrontPoint& one : tuned.front)
        one.proof = proof_of(proof, compare(proof), tuned.race, arm_name(one.point));
    EXPECT_TRUE(tuned.proved());
    EXPECT_TRUE(tuned.front[0].proof->on_front);
    const Json json = to_json(tuned);
    expect_schema(json, "tune");
    EXPECT_EQ(json["front"][0]["proof"]["metrics"][0]["verdict"], "better");
    EXPECT_EQ(json["front"][0]["proof"]["metrics"][1]["verdict"], "worse");
    const std::vector<std::string> words = in_words(tuned);
    EXPECT_EQ(words[1], "front of instructions_per_packet and window.instructions_per_packet:");
    EXPECT_THAT(words[2], HasSubstr("a 0, b 0\n    in other boots: 0.50"));
}

TEST(Tuned, has_no_front_where_nothing_is_better) {
    Tuned tuned = searched({100, 90, 110});
    tuned.race.against = kWindow;
    Result equal = test_result(tuned.experiment, [](const std::string&, int) { return 100; });
    for (Observation& observation : equal.observations)
        observation.metrics[kWindow] = observation.metrics[kCost];
    judge(tuned, equal);
    EXPECT_THAT(tuned.front, IsEmpty());
    EXPECT_THAT(in_words(tuned)[1], HasSubstr("no point is better than 'now'"));
    expect_schema(to_json(tuned), "tune");
}

TEST(Tuned, nothing_is_better_than_a_baseline_of_0) {
    Tuned tuned = searched({100, 100, 100});
    judge(tuned, test_result(tuned.experiment, [&](const std::string& arm, int) {
              return arm == "now" || arm == arm_name(0) ? 0 : 5;
          }));
    EXPECT_FALSE(tuned.winner);
    EXPECT_TRUE(to_json(tuned)["points"][0]["ratio"].is_null());
    expect_schema(to_json(tuned), "tune");
}

}  // namespace
}  // namespace rxlab
