// SPDX-License-Identifier: GPL-2.0
#include "compare/compare.h"

#include "experiment/schema.h"
#include "result/test_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <fstream>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A spread of a few hundredths of a percent that no two arms share.
double jitter(const std::string& arm, int round) {
    const unsigned mixed =
        (static_cast<unsigned>(round) * 2654435761u) ^ static_cast<unsigned>(arm.size() * 40503u);
    return 0.5 * ((mixed >> 7) % 5) - 1;
}

/// Arms whose primary metric is `plain` (3600) plus the number in `plus`.
Result arms_at(const std::map<std::string, double>& plus, Lane lane = Lane::counted,
               int rounds = 8) {
    std::vector<std::string> arms{"plain"};
    for (const auto& [arm, more] : plus) arms.push_back(arm);
    return test_result(
        test_experiment(arms),
        [&](const std::string& arm, int round) {
            return 3600 + (arm == "plain" ? 0 : plus.at(arm)) + jitter(arm, round);
        },
        lane, rounds);
}

const Json& primary(const Comparison& comparison, size_t arm = 0) {
    return comparison.json["comparisons"][arm]["metrics"][0];
}

Json row_named(const Comparison& comparison, const std::string& name) {
    for (const Json& row : comparison.json["comparisons"][0]["metrics"])
        if (row["name"] == name) return row;
    return nullptr;
}

void expect_schema(const Json& document) {
    std::ifstream file(RXLAB_SOURCE "/results/schema/comparison.schema.json");
    for (const Finding& finding : validate(Json::parse(file), Json::parse(document.dump())))
        ADD_FAILURE() << finding.pointer.to_string() << ": " << finding.message;
}

// --- verdicts and exit statuses ---

TEST(Compare, fewer_instructions_are_better) {
    const Comparison comparison = compare(arms_at({{"native", -1300}}));
    EXPECT_EQ(primary(comparison)["verdict"], "better");
    EXPECT_NEAR(primary(comparison)["ratio"], 2300.0 / 3600, 0.001);
    EXPECT_NEAR(primary(comparison)["difference"], -1300, 3);
    EXPECT_EQ(comparison.json["verdict"], "better");
    EXPECT_EQ(comparison.status, Status::ok);
    expect_schema(comparison.json);
}

TEST(Compare, a_planted_change_of_twelve_instructions_is_worse) {
    const Comparison comparison = compare(arms_at({{"planted", 12}}));
    EXPECT_EQ(primary(comparison)["verdict"], "worse");
    EXPECT_EQ(comparison.status, Status::worse);
}

TEST(Compare, arms_that_differ_in_nothing_are_the_same) {
    const Comparison comparison = compare(arms_at({{"again", 0}}));
    EXPECT_EQ(primary(comparison)["verdict"], "same");
    EXPECT_EQ(comparison.json["verdict"], "same");
    EXPECT_EQ(comparison.status, Status::ok);
}

TEST(Compare, bit_identical_rounds_give_a_point_and_a_verdict) {
    const Result result =
        test_result(test_experiment({"plain", "native"}),
                    [](const std::string& arm, int) { return arm == "plain" ? 3600 : 2300; });
    const Json row = primary(compare(result));
    EXPECT_EQ(row["verdict"], "better");
    EXPECT_DOUBLE_EQ(row["ci_low"], row["ci_high"]);
}

TEST(Compare, a_difference_about_as_large_as_delta_is_inconclusive) {
    const Comparison comparison = compare(arms_at({{"native", 3.6}}));
    EXPECT_EQ(primary(comparison)["verdict"], "inconclusive");
    EXPECT_EQ(primary(comparison)["reason"], "the interval reaches across delta");
    EXPECT_EQ(comparison.status, Status::inconclusive);
}

TEST(Compare, too_few_rounds_are_inconclusive_however_large_the_difference) {
    const Comparison comparison = compare(arms_at({{"native", -1300}}, Lane::counted, 3));
    EXPECT_EQ(primary(comparison)["verdict"], "inconclusive");
    EXPECT_EQ(primary(comparison)["reason"], "too few rounds for this confidence");
    EXPECT_TRUE(primary(comparison)["ci_low"].is_null());
    expect_schema(comparison.json);
}

TEST(Compare, one_worse_arm_makes_the_whole_worse) {
    const Comparison comparison =
        compare(arms_at({{"a-better", -100}, {"b-worse", 100}, {"c-unclear", 3.6}}));
    EXPECT_EQ(comparison.json["verdict"], "worse");
    EXPECT_EQ(comparison.status, Status::worse);
}

TEST(Compare, a_floor_hides_what_equal_arms_show_by_themselves) {
    const Comparison comparison = compare(arms_at({{"native", 12}}), CompareOptions{0.01});
    EXPECT_EQ(primary(comparison)["verdict"], "same");
    EXPECT_DOUBLE_EQ(primary(comparison)["delta"], 0.01);
    EXPECT_DOUBLE_EQ(primary(comparison)["mde"], 0.01) << "never below the floor";
}

TEST(Compare, phases_of_a_boot_seed_are_one_cluster) {
    Experiment experiment = test_experiment({"plain", "native"});
    experiment.rounds.phases = 2;
    const Result result = test_result(
        experiment,
        [](const std::string& arm, int round) {
            return (arm == "plain" ? 3600 : 2300) + round % 2;
        },
        Lane::counted, 16);
    const Json row = primary(compare(result));
    EXPECT_EQ(row["n"], 16);
    EXPECT_EQ(row["clusters"], 8);
    EXPECT_EQ(row["before_values"].size(), 8u);
    EXPECT_DOUBLE_EQ(row["before"], 3600.5);
}

// --- what a lane cannot see ---

TEST(Compare, a_lane_that_cannot_see_the_mechanism_ranks_nothing) {
    Result result = arms_at({{"native", -1300}});
    result.experiment.mechanism = {"contention"};
    const Comparison comparison = compare(result);
    EXPECT_EQ(primary(comparison)["verdict"], "not_visible");
    EXPECT_EQ(primary(comparison)["reason"], "the counted lane cannot see contention");
    EXPECT_TRUE(primary(comparison)["ratio"].is_null());
    EXPECT_EQ(comparison.json["verdict"], "not_visible");
    EXPECT_EQ(comparison.status, Status::inconclusive);
    expect_schema(comparison.json);
}

TEST(Compare, primary_metrics_of_another_lane_do_not_spoil_the_verdict) {
    Result result = arms_at({{"native", -1300}});
    result.experiment.primary = {"ns_per_packet", "instructions_per_packet"};
    const Comparison comparison = compare(result);
    EXPECT_EQ(row_named(comparison, "ns_per_packet")["verdict"], "not_visible");
    EXPECT_TRUE(row_named(comparison, "ns_per_packet")["before"].is_null());
    EXPECT_DOUBLE_EQ(row_named(comparison, "instructions_per_packet")["confidence"], 0.95)
        << "only what is judged shares the error rate";
    EXPECT_EQ(comparison.json["verdict"], "better");
}

TEST(Compare, descriptive_metrics_are_shown_and_not_ranked) {
    const Json row = row_named(compare(arms_at({{"native", -1300}})), "packets_sent");
    EXPECT_EQ(row["verdict"], "not_visible");
    EXPECT_EQ(row["before"], 1000);
    EXPECT_EQ(row["difference"], 0);
    EXPECT_TRUE(row["ratio"].is_null());
}

TEST(Compare, a_primary_metric_that_no_trial_reports_is_inconclusive) {
    Result result = arms_at({{"native", -1300}});
    result.experiment.primary = {"instructions_per_record"};
    const Comparison comparison = compare(result);
    EXPECT_EQ(primary(comparison)["reason"], "no trial reports it");
    EXPECT_EQ(comparison.status, Status::inconclusive);
}

TEST(Compare, metrics_of_one_arm_only_are_listed_with_null) {
    Result result = arms_at({{"native", -1300}});
    for (Observation& observation : result.observations)
        if (observation.trial.arm == "native")
            observation.metrics["xdp.drop.packets"] = {1000, "packets", "none"};
    const Comparison comparison = compare(result);
    const Json row = row_named(comparison, "xdp.drop.packets");
    EXPECT_TRUE(row["before"].is_null());
    EXPECT_EQ(row["after"], 1000);
    EXPECT_TRUE(row["difference"].is_null());
    expect_schema(comparison.json);
}

// --- differences where a ratio is undefined ---

Result losses(double before, double after) {
    Result result = arms_at({{"native", 0}}, Lane::timed, 10);
    result.experiment.primary = {"lost_fraction"};
    for (Observation& observation : result.observations)
        observation.metrics["lost_fraction"] = {observation.trial.arm == "plain" ? before : after,
                                                "1", "lower"};
    return result;
}

TEST(Compare, nothing_lost_before_and_after_is_the_same) {
    const Comparison comparison = compare(losses(0, 0));
    EXPECT_EQ(primary(comparison)["verdict"], "same");
    EXPECT_EQ(primary(comparison)["scale"], "difference");
    EXPECT_TRUE(primary(comparison)["ratio"].is_null());
}

TEST(Compare, losses_that_end_are_better_and_losses_that_begin_are_worse) {
    const Comparison ended = compare(losses(0.08, 0));
    EXPECT_EQ(primary(ended)["verdict"], "better");
    EXPECT_DOUBLE_EQ(primary(ended)["difference"], -0.08);
    EXPECT_DOUBLE_EQ(primary(ended)["difference_high"], -0.08);
    EXPECT_EQ(primary(compare(losses(0, 0.001)))["verdict"], "worse");
    expect_schema(ended.json);
}

TEST(Compare, higher_is_better_where_the_metric_says_so) {
    Result result = arms_at({{"native", 0}}, Lane::timed, 10);
    result.experiment.primary = {"packets_per_second"};
    for (Observation& observation : result.observations)
        observation.metrics["packets_per_second"] = {observation.trial.arm == "plain" ? 1e6 : 1.3e6,
                                                     "packets/s", "higher"};
    EXPECT_EQ(primary(compare(result))["verdict"], "better");
    EXPECT_EQ(compare(result).json["headline"],
              "native carries 1.3000x the packets per second of plain (1.3000 to 1.3000).");
}

// --- checks ---

TEST(Compare, a_failed_check_makes_that_arm_invalid_and_no_other) {
    Result result = arms_at({{"a-broken", -1300}, {"b-sound", -1300}});
    for (Observation& observation : result.observations)
        if (observation.trial.arm == "a-broken" && observation.trial.round < 2)
            observation.checks["conservation"] = {false, "sent 1000, counted 990"};
    const Comparison comparison = compare(result);
    EXPECT_EQ(comparison.json["comparisons"][0]["verdict"], "invalid");
    EXPECT_EQ(primary(comparison, 0)["verdict"], "invalid");
    EXPECT_EQ(comparison.json["comparisons"][0]["reasons"][0],
              "a-broken: 2 of 8 trials: conservation failed: sent 1000, counted 990");
    EXPECT_EQ(primary(comparison, 1)["verdict"], "better");
    EXPECT_EQ(comparison.json["verdict"], "invalid");
    EXPECT_EQ(comparison.status, Status::invalid);
    EXPECT_THAT(comparison.json["headline"].get<std::string>(), HasSubstr("a-broken is invalid"));
    expect_schema(comparison.json);
}

TEST(Compare, an_invalid_baseline_makes_every_arm_invalid) {
    Result result = arms_at({{"a", 0}, {"b", 0}});
    result.observations[0].splats = {"WARNING: suspicious"};
    ASSERT_EQ(result.observations[0].trial.arm, "plain");
    for (const Json& each : compare(result).json["comparisons"])
        EXPECT_EQ(each["verdict"], "invalid");
}

TEST(Compare, an_expected_failure_is_not_invalid_and_its_absence_is) {
    Result result = arms_at({{"native", -1300}});
    const auto expect_failure = [&](bool ok) {
        for (Observation& observation : result.observations)
            if (observation.trial.arm == "plain") {
                observation.trial.expect = {"conservation"};
                observation.checks["conservation"] = {ok, "8 % lost"};
            }
        return compare(result).json["comparisons"][0];
    };
    EXPECT_EQ(expect_failure(false)["verdict"], "better");
    const Json held = expect_failure(true);
    EXPECT_EQ(held["verdict"], "invalid");
    EXPECT_EQ(held["reasons"][0],
              "plain: 8 of 8 trials: conservation was expected to fail, and held");
}

TEST(Compare, trials_that_did_not_finish_are_told) {
    Result result = arms_at({{"native", -1300}});
    std::erase_if(result.observations, [](const Observation& o) {
        return o.trial.arm == "native" && o.trial.round == 7;
    });
    const Comparison comparison = compare(result);
    EXPECT_THAT(comparison.json["comparisons"][0]["notes"],
                ElementsAre("native: 7 of 8 trials finished"));
    EXPECT_EQ(primary(comparison)["clusters"], 7) << "only rounds that both have";
    std::erase_if(result.observations,
                  [](const Observation& o) { return o.trial.arm == "native"; });
    EXPECT_EQ(compare(result).json["verdict"], "invalid");
}

TEST(Compare, factors_are_compared_each_by_itself) {
    Experiment experiment = test_experiment({"plain", "native"});
    experiment.factors = {{"size", {60, 1514}}};
    experiment.traffic["packet_size"] = "$size";
    const Comparison comparison = compare(test_result(
        experiment, [](const std::string& arm, int) { return arm == "plain" ? 3600 : 2300; }));
    ASSERT_EQ(comparison.json["comparisons"].size(), 2u);
    EXPECT_EQ(comparison.json["comparisons"][1]["factors"], (Json{{"size", 1514}}));
    EXPECT_THAT(
        comparison.json["headline"].get<std::string>(),
        HasSubstr(
            "native at size=1514 needs 0.6389x the instructions of plain (0.6389 to 0.6389)"));
}

TEST(Compare, arms_share_the_five_percent) {
    std::map<std::string, double> plus;
    for (char name = 'a'; name < 'j'; name++) plus[std::string(1, name)] = 500;
    const Comparison nine = compare(arms_at(plus));
    EXPECT_DOUBLE_EQ(primary(nine)["confidence"], 1 - 0.05 / 9);
    EXPECT_EQ(primary(nine)["verdict"], "inconclusive");
    EXPECT_EQ(primary(nine)["reason"], "too few rounds for this confidence");
    EXPECT_EQ(primary(compare(arms_at(plus, Lane::counted, 9)))["verdict"], "worse");
    plus.erase("i"), plus.erase("h"), plus.erase("g");
    EXPECT_EQ(primary(compare(arms_at(plus)))["verdict"], "worse");
}

// --- two results ---

TEST(CompareTwo, sets_each_arm_against_itself) {
    const Comparison comparison =
        compare(arms_at({{"native", -1300}}), arms_at({{"native", -1200}}));
    ASSERT_EQ(comparison.json["comparisons"].size(), 2u);
    EXPECT_EQ(primary(comparison, 0)["verdict"], "same");
    EXPECT_EQ(primary(comparison, 1)["verdict"], "worse");
    EXPECT_EQ(comparison.json["kind"], "results");
    EXPECT_EQ(comparison.json["paired"], true) << "equal boot seeds met the same perturbation";
    EXPECT_THAT(comparison.json["headline"].get<std::string>(),
                HasSubstr("native after needs 1.0435x the instructions of before"));
    expect_schema(comparison.json);
}

TEST(CompareTwo, does_not_pair_timed_rounds) {
    const auto timed = [] {
        Result result = arms_at({{"native", 0}}, Lane::timed, 10);
        result.experiment.primary = {"ns_per_packet"};
        for (Observation& observation : result.observations)
            observation.metrics["ns_per_packet"] = {100, "ns/packet", "lower"};
        return result;
    };
    const Comparison comparison = compare(timed(), timed());
    EXPECT_EQ(comparison.json["paired"], false);
    EXPECT_THAT(comparison.json["notes"][0].get<std::string>(), HasSubstr("drift of the machine"));
}

TEST(CompareTwo, names_what_else_differs) {
    Result after = arms_at({{"native", -1300}, {"new", 0}});
    after.provenance["kernel"]["release"] = "6.1.192";
    const Json notes = compare(arms_at({{"native", -1300}}), after).json["notes"];
    EXPECT_THAT(notes,
                ElementsAre("provenance differs: /kernel/release", "new: only after has it"));
}

TEST(CompareTwo, refuses_other_experiments_and_lanes) {
    Result other = arms_at({{"native", 0}});
    other.experiment.name = "null-aa";
    try {
        compare(arms_at({{"native", 0}}), other);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_STREQ(error.what(),
                     "results of different experiments cannot be compared: before drop-point, "
                     "after null-aa");
    }
    EXPECT_THROW(compare(arms_at({{"native", 0}}), arms_at({{"native", 0}}, Lane::timed)), Error);
}

// --- the document ---

TEST(Compare, schema_refuses_what_is_not_a_comparison) {
    std::ifstream file(RXLAB_SOURCE "/results/schema/comparison.schema.json");
    const Json schema = Json::parse(file), good = compare(arms_at({{"native", -1300}})).json;
    for (const char* pointer : {"/schema_version", "/verdict", "/comparisons/0/metrics/0/verdict",
                                "/comparisons/0/metrics/0/ratio", "/status"}) {
        Json json = Json::parse(good.dump());
        json[Json::json_pointer(pointer)] = "nonsense";
        EXPECT_FALSE(validate(schema, json).empty()) << pointer;
    }
}

}  // namespace
}  // namespace rxlab
