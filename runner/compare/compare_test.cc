// SPDX-License-Identifier: GPL-2.0
#include "compare/compare.h"

#include "experiment/test_schema.h"
#include "result/test_result.h"

#include <fmt/format.h>
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

Json primary(const Comparison& comparison, size_t arm = 0) {
    return to_json(comparison)["comparisons"][arm]["metrics"][0];
}

Json row_named(const Comparison& comparison, const std::string& name) {
    const Json document = to_json(comparison);
    for (const Json& row : document["comparisons"][0]["metrics"])
        if (row["name"] == name) return row;
    return nullptr;
}

// --- verdicts and exit statuses ---

TEST(Compare, fewer_instructions_are_better) {
    const Comparison comparison = compare(arms_at({{"native", -1300}}));
    EXPECT_EQ(primary(comparison)["verdict"], "better");
    EXPECT_NEAR(primary(comparison)["ratio"], 2300.0 / 3600, 0.001);
    EXPECT_NEAR(primary(comparison)["difference"], -1300, 3);
    EXPECT_EQ(to_json(comparison)["verdict"], "better");
    EXPECT_EQ(comparison.status, Status::ok);
    expect_schema(to_json(comparison), "comparison");
}

TEST(Compare, a_planted_change_of_twelve_instructions_is_worse) {
    const Comparison comparison = compare(arms_at({{"planted", 12}}));
    EXPECT_EQ(primary(comparison)["verdict"], "worse");
    EXPECT_EQ(comparison.status, Status::worse);
}

TEST(Compare, arms_that_differ_in_nothing_are_the_same) {
    const Comparison comparison = compare(arms_at({{"again", 0}}));
    EXPECT_EQ(primary(comparison)["verdict"], "same");
    EXPECT_EQ(to_json(comparison)["verdict"], "same");
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
    expect_schema(to_json(comparison), "comparison");
}

TEST(Compare, one_worse_arm_makes_the_whole_worse) {
    const Comparison comparison =
        compare(arms_at({{"a-better", -100}, {"b-worse", 100}, {"c-unclear", 3.6}}));
    EXPECT_EQ(to_json(comparison)["verdict"], "worse");
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
    EXPECT_EQ(to_json(comparison)["verdict"], "not_visible");
    EXPECT_EQ(comparison.status, Status::inconclusive);
    expect_schema(to_json(comparison), "comparison");
}

TEST(Compare, primary_metrics_of_another_lane_do_not_spoil_the_verdict) {
    Result result = arms_at({{"native", -1300}});
    result.experiment.primary = {"ns_per_packet", "instructions_per_packet"};
    const Comparison comparison = compare(result);
    EXPECT_EQ(row_named(comparison, "ns_per_packet")["verdict"], "not_visible");
    EXPECT_TRUE(row_named(comparison, "ns_per_packet")["before"].is_null());
    EXPECT_DOUBLE_EQ(row_named(comparison, "instructions_per_packet")["confidence"], 0.95)
        << "only what is judged shares the error rate";
    EXPECT_EQ(to_json(comparison)["verdict"], "better");
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
    expect_schema(to_json(comparison), "comparison");
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
    expect_schema(to_json(ended), "comparison");
}

TEST(Compare, higher_is_better_where_the_metric_says_so) {
    Result result = arms_at({{"native", 0}}, Lane::timed, 10);
    result.experiment.primary = {"packets_per_second"};
    for (Observation& observation : result.observations)
        observation.metrics["packets_per_second"] = {observation.trial.arm == "plain" ? 1e6 : 1.3e6,
                                                     "packets/s", "higher"};
    EXPECT_EQ(primary(compare(result))["verdict"], "better");
    EXPECT_EQ(to_json(compare(result))["headline"],
              "native carries 1.3000x the packets per second of plain (1.3000 to 1.3000).");
}

// --- checks ---

TEST(Compare, a_failed_check_makes_that_arm_invalid_and_no_other) {
    Result result = arms_at({{"a-broken", -1300}, {"b-sound", -1300}});
    for (Observation& observation : result.observations)
        if (observation.trial.arm == "a-broken" && observation.trial.round < 2)
            observation.checks["conservation"] = {false, "sent 1000, counted 990"};
    const Comparison comparison = compare(result);
    EXPECT_EQ(to_json(comparison)["comparisons"][0]["verdict"], "invalid");
    EXPECT_EQ(primary(comparison, 0)["verdict"], "invalid");
    EXPECT_EQ(to_json(comparison)["comparisons"][0]["reasons"][0],
              "a-broken: 2 of 8 trials: conservation failed: sent 1000, counted 990");
    EXPECT_EQ(primary(comparison, 1)["verdict"], "better");
    EXPECT_EQ(to_json(comparison)["verdict"], "invalid");
    EXPECT_EQ(comparison.status, Status::invalid);
    EXPECT_THAT(to_json(comparison)["headline"].get<std::string>(),
                HasSubstr("a-broken is invalid"));
    expect_schema(to_json(comparison), "comparison");
}

TEST(Compare, an_invalid_baseline_makes_every_arm_invalid) {
    Result result = arms_at({{"a", 0}, {"b", 0}});
    result.observations[0].splats = {"WARNING: suspicious"};
    ASSERT_EQ(result.observations[0].trial.arm, "plain");
    const Json document = to_json(compare(result));
    for (const Json& each : document["comparisons"]) EXPECT_EQ(each["verdict"], "invalid");
}

TEST(Compare, an_expected_failure_is_not_invalid_and_its_absence_is) {
    Result result = arms_at({{"native", -1300}});
    const auto expect_failure = [&](bool ok) {
        for (Observation& observation : result.observations)
            if (observation.trial.arm == "plain") {
                observation.trial.expect = {"conservation"};
                observation.checks["conservation"] = {ok, "8 % lost"};
            }
        return to_json(compare(result))["comparisons"][0];
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
    EXPECT_THAT(to_json(comparison)["comparisons"][0]["notes"],
                ElementsAre("native: 7 of 8 trials finished"));
    EXPECT_EQ(primary(comparison)["clusters"], 7) << "only rounds that both have";
    std::erase_if(result.observations,
                  [](const Observation& o) { return o.trial.arm == "native"; });
    EXPECT_EQ(to_json(compare(result))["verdict"], "invalid");
}

TEST(Compare, tells_what_such_differences_said_of_time) {
    const Result result = arms_at({{"native", 12}});
    EXPECT_EQ(to_json(compare(result))["in_time"], "");
    EXPECT_EQ(to_json(compare(result, {.in_time = "86 of 101."}))["in_time"], "86 of 101.");
    EXPECT_EQ(compare(result, result, {.in_time = "86 of 101."}).in_time, "86 of 101.");
}

TEST(Compare, factors_are_compared_each_by_itself) {
    Experiment experiment = test_experiment({"plain", "native"});
    experiment.factors = {{"size", {60, 1514}}};
    experiment.traffic["packet_size"] = "$size";
    const Comparison comparison = compare(test_result(
        experiment, [](const std::string& arm, int) { return arm == "plain" ? 3600 : 2300; }));
    ASSERT_EQ(to_json(comparison)["comparisons"].size(), 2u);
    EXPECT_EQ(to_json(comparison)["comparisons"][1]["factors"], (Json{{"size", 1514}}));
    EXPECT_THAT(
        to_json(comparison)["headline"].get<std::string>(),
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
    ASSERT_EQ(to_json(comparison)["comparisons"].size(), 2u);
    EXPECT_EQ(primary(comparison, 0)["verdict"], "same");
    EXPECT_EQ(primary(comparison, 1)["verdict"], "worse");
    EXPECT_EQ(to_json(comparison)["kind"], "results");
    EXPECT_EQ(to_json(comparison)["paired"], true) << "equal boot seeds met the same perturbation";
    EXPECT_THAT(to_json(comparison)["headline"].get<std::string>(),
                HasSubstr("native after needs 1.0435x the instructions of before"));
    expect_schema(to_json(comparison), "comparison");
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
    EXPECT_EQ(to_json(comparison)["paired"], false);
    EXPECT_THAT(to_json(comparison)["notes"][0].get<std::string>(),
                HasSubstr("drift of the machine"));
}

TEST(CompareTwo, names_what_else_differs) {
    Result after = arms_at({{"native", -1300}, {"new", 0}});
    after.provenance["kernel"]["release"] = "6.1.192";
    const Json notes = to_json(compare(arms_at({{"native", -1300}}), after))["notes"];
    EXPECT_THAT(notes,
                ElementsAre("provenance differs: /kernel/release", "new: only after has it"));
}

TEST(CompareTwo, tells_where_the_kernel_of_before_was_never_moved) {
    Result before = arms_at({{"native", 0}});
    for (Observation& observation : before.observations)
        observation.facts["kernel_base"] = "0xffffffff81000000";
    for (const Result& after : {before, arms_at({{"native", 0}})})
        EXPECT_THAT(to_json(compare(before, after))["notes"],
                    ElementsAre(HasSubstr("the kernel of native, plain lies at one address")));
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

TEST(Compare, the_document_comes_back_as_it_was) {
    for (const Comparison& comparison :
         {compare(arms_at({{"native", -1300}})), compare(losses(0.08, 0))}) {
        const Json document = to_json(comparison);
        EXPECT_EQ(to_json(comparison_from_json(document)), document);
        EXPECT_EQ(comparison_from_json(document).status, comparison.status);
    }
}

TEST(Compare, a_damaged_document_is_refused_by_its_place) {
    Json document = to_json(compare(arms_at({{"native", -1300}})));
    document["comparisons"][0]["metrics"][0]["ratio"] = "half";
    try {
        comparison_from_json(document);
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "/comparisons/0/metrics/0/ratio: expected a number, got 'half'");
    }
}

TEST(Compare, words_come_with_the_document) {
    const Json document = to_json(compare(arms_at({{"native", -1300}})));
    EXPECT_EQ(document["verdict_words"], "fewer instructions");
    EXPECT_EQ(document["comparisons"][0]["verdict_words"], "fewer instructions");
    const Json& metric = document["comparisons"][0]["metrics"][0];
    EXPECT_EQ(metric["verdict_words"], "fewer instructions");
    EXPECT_EQ(metric["change_words"],
              (Json{{"less", "fewer"}, {"more", "more"}, {"of", "instructions per packet"}}));
    EXPECT_EQ(document["lane_facts"]["round"], "boot seed");
}

TEST(Facts, every_verdict_has_a_colour_and_a_sign_in_the_report) {
    std::ifstream file(RXLAB_SOURCE "/runner/report/ink.py");
    const std::string ink((std::istreambuf_iterator<char>(file)), {});
    const std::string colours = ink.substr(0, ink.find("SIGNS")),
                      signs = ink.substr(colours.size());
    for (const VerdictRow& row : verdict_table()) {
        const std::string key = fmt::format("\n    \"{}\": \"", row.name);
        EXPECT_THAT(colours, HasSubstr(key)) << "is to be in INK of runner/report/ink.py";
        EXPECT_THAT(signs, HasSubstr(key)) << "is to be in SIGNS of runner/report/ink.py";
    }
}

/// The report's tests read what the tables say from this file.
TEST(Facts, the_reports_samples_are_of_these_tables) {
    std::ifstream file(RXLAB_SOURCE "/runner/report/sample_facts.json");
    Json lanes = Json::object(), verdicts = Json::object();
    for (const LaneRow& row : lane_table()) lanes[row.name] = lane_facts(row.lane);
    for (const VerdictRow& row : verdict_table())
        verdicts[row.name] = {{"words", row.words},
                              {"of_instructions", words_of(row.verdict, "instructions")}};
    const Json now = {{"lanes", lanes}, {"verdicts", verdicts}}, samples = Json::parse(file);
    for (const char* table : {"lanes", "verdicts"})
        for (const auto& [name, facts] : samples[table].items())
            EXPECT_EQ(facts, now[table].value(name, Json()))
                << "runner/report/sample_facts.json is to be:\n"
                << now.dump(1);
}

TEST(Compare, schema_refuses_what_is_not_a_comparison) {
    const Json good = to_json(compare(arms_at({{"native", -1300}})));
    for (const char* pointer : {"/schema_version", "/verdict", "/comparisons/0/metrics/0/verdict",
                                "/comparisons/0/metrics/0/ratio", "/status"}) {
        Json json = Json::parse(good.dump());
        json[Json::json_pointer(pointer)] = "nonsense";
        EXPECT_FALSE(against_schema(json, "comparison").empty()) << pointer;
    }
}

}  // namespace
}  // namespace rxlab
