// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "experiment/test_schema.h"
#include "result/test_result.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

Result sample() {
    Experiment experiment = test_experiment({"plain", "native"});
    experiment.arms[1].setup = {{"xdp", {{"mode", "native"}}}};
    experiment.arms[1].knobs = {{"sysctl:net.core.netdev_budget", 16}};
    experiment.arms[1].boot = {{"cmdline", "quiet"}, {"seed_offset", 3}};
    experiment.factors = {{"size", {60, 1514}}};
    experiment.traffic["packet_size"] = "$size";
    return test_result(experiment, [](const std::string& arm, int round) {
        return (arm == "plain" ? 3600 : 2300) + 0.1 * round;
    });
}

Json document() {
    return Json::parse(to_json(sample()).dump());
}

std::string refusal(const Json& json) {
    try {
        result_from_json(json);
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        return error.what();
    }
    return "(accepted)";
}

std::string refusal_after(const char* pointer, const Json& value) {
    Json json = document();
    json[Json::json_pointer(pointer)] = value;
    return refusal(json);
}

TEST(Result, satisfies_its_schema) {
    expect_schema(document(), "result");
}

TEST(Result, schema_refuses_what_is_not_a_result) {
    for (const char* pointer : {"/schema_version", "/trials/0/metrics/packets_sent/better", "/lane",
                                "/observations_sha256"}) {
        Json json = document();
        json[Json::json_pointer(pointer)] = "nonsense";
        EXPECT_FALSE(against_schema(json, "result").empty()) << pointer;
    }
}

TEST(Result, comes_back_from_json_as_it_was) {
    EXPECT_EQ(to_json(result_from_json(document())), document());
}

TEST(Result, has_the_contracts_trials) {
    const Json trial = document()["trials"][0];
    for (const char* key : {"id", "arm", "factors", "round", "boot", "phase", "seed", "metrics",
                            "checks", "kernel_log", "curves", "facts"})
        EXPECT_TRUE(trial.contains(key)) << key;
    EXPECT_EQ(trial["metrics"]["instructions_per_packet"],
              (Json{{"value", 3600.0}, {"unit", "instructions/packet"}, {"better", "lower"}}));
    EXPECT_EQ(document()["arms"][0]["baseline"], true);
    EXPECT_EQ(document()["valid"], true);
}

TEST(Result, tells_the_share_of_the_run_inside_trials) {
    const Json timing = document()["timing"];
    EXPECT_DOUBLE_EQ(timing["in_trials_s"], 16) << "32 trials of 0.5 s";
    EXPECT_DOUBLE_EQ(timing["share_in_trials"], 1)
        << "16 s in 10 s of one worker is more than there is";
    Result result = sample();
    result.provenance["workers"] = 2;
    EXPECT_DOUBLE_EQ(to_json(result)["timing"]["share_in_trials"], 0.8);
}

TEST(Result, tells_what_else_its_time_went_into_and_reads_it_back) {
    Result result = sample();
    result.boots_s = {12, 13};
    result.cpu_s = 40;
    result.observations[0].cpu_s = 1.5;
    const Json document = to_json(result);
    EXPECT_EQ(document["timing"]["boots_s"], (Json{12.0, 13.0}));
    EXPECT_DOUBLE_EQ(document["timing"]["cpu_s"], 40);
    EXPECT_DOUBLE_EQ(document["timing"]["cpu_in_trials_s"], 1.5);
    EXPECT_EQ(to_json(result_from_json(document)), document);
    Result idle = result;
    idle.observations[0].cpu_s = 7;
    EXPECT_EQ(observations_sha256(idle.observations), observations_sha256(result.observations));
}

TEST(Result, refuses_another_schema_version) {
    EXPECT_EQ(refusal_after("/schema_version", 2),
              "/schema_version: expected 1 (this rxlab's), got 2");
    EXPECT_EQ(refusal(Json::object()),
              "the document: expected the key 'schema_version', which is missing");
    EXPECT_EQ(refusal(Json::array()), "the document: expected an object, got an array");
}

TEST(Result, refuses_a_malformed_document_by_its_place) {
    EXPECT_EQ(refusal_after("/trials/3/wall_s", "long"),
              "/trials/3/wall_s: expected a number, got 'long'");
    EXPECT_EQ(
        refusal_after("/trials/3/metrics/packets_lost/better", "less"),
        "/trials/3/metrics/packets_lost/better: expected 'lower', 'higher' or 'none', got 'less'");
    EXPECT_EQ(refusal_after("/trials/3/id", 99),
              "/trials/3/id: expected the id of a trial in /plan/trials, got 99");
    EXPECT_EQ(refusal_after("/experiment_source/arms/1/baseline", 1),
              "/experiment_source/arms/1/baseline: expected true or false, got 1");
    EXPECT_EQ(refusal_after("/plan/lane", "fast"),
              "/plan/lane: expected 'counted', 'timed' or 'functional', got 'fast'");
    EXPECT_EQ(refusal_after("/plan/trials/0/round", "one"),
              "/plan/trials/0/round: expected an integer, got 'one'");
    EXPECT_EQ(refusal_after("/experiment_source/arms/1/name", "../up"),
              "/experiment_source/arms/1/name: expected a name of lower-case letters, digits, '.' "
              "and '-', got '../up'");
    EXPECT_EQ(refusal_after("/experiment_source/name", "$(id)").substr(0, 52),
              "/experiment_source/name: expected a name of lower-ca");
}

TEST(Result, refuses_metrics_that_do_not_match_their_hash) {
    const std::string message = refusal_after("/trials/3/metrics/packets_lost/value", 1);
    EXPECT_EQ(message.substr(0, 32), "/observations_sha256: expected '");
}

}  // namespace
}  // namespace rxlab
