// SPDX-License-Identifier: GPL-2.0
#include "campaign/shard.h"

#include "base/error.h"
#include "campaign/campaign.h"
#include "campaign/fake_executor.h"
#include "campaign/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

namespace rxlab {
namespace {

using testing::HasSubstr;

double of_three(const std::string& arm, int round) {
    return (arm == "plain" ? 1000 : 500) + round;
}

class ShardTest : public testing::Test {
protected:
    ShardTest() {
        request_.experiment = test_experiment({"plain", "native", "generic"});
        request_.plan = make_plan(request_.experiment, {.rounds = 8});
    }

    Result run(const std::string& strategy, const Json& parameters = Json::object()) {
        FakeExecutor executor(of_three);
        return run_campaign(request_, *make_strategy(strategy, parameters), executor,
                            [](const CampaignEvent&) {});
    }

    NamedResult share(int number, int of) {
        const Shard shard{number, of};
        request_.stamp = {{"rxlab_version", "v1"},
                          {"command", "make it --shard"},
                          {"shard", shard_stamp(shard, "make it")}};
        NamedResult named{fmt::format("node{}", number),
                          run("one_shard", {{"shard", to_string(shard)}})};
        request_.stamp = Json::object();
        return named;
    }

    std::vector<NamedResult> shares(int of) {
        std::vector<NamedResult> all;
        for (int number = 1; number <= of; number++) all.push_back(share(number, of));
        return all;
    }

    /// In words, fact and next step.
    static std::string refusal(const std::vector<NamedResult>& shards) {
        try {
            merged(shards, 0);
        } catch (const Error& error) {
            EXPECT_EQ(error.status(), Status::usage);
            EXPECT_NE(error.next(), "");
            return error.what();
        }
        return "";
    }

    CampaignRequest request_;
};

TEST_F(ShardTest, is_merged_to_exactly_what_one_run_observes) {
    const Result one = run("whole_plan");
    for (const int of : {1, 2, 3, 4, 8}) {
        std::vector<NamedResult> shards = shares(of);
        std::reverse(shards.begin(), shards.end());
        const Result whole = merged(shards, 0);
        EXPECT_EQ(observations_sha256(whole.observations), observations_sha256(one.observations));
        EXPECT_EQ(to_json(compare(whole)), to_json(compare(one)));
        EXPECT_TRUE(valid(whole));
        EXPECT_EQ(whole.provenance["command"], "make it");
        EXPECT_EQ(whole.provenance["shards"].size(), static_cast<size_t>(of));
        EXPECT_FALSE(is_shard(whole));
    }
}

TEST_F(ShardTest, that_may_end_early_ends_where_one_run_does) {
    request_.plan = make_plan(request_.experiment, {});
    ASSERT_FALSE(request_.plan.looks.empty());
    const Result one = run("until_decided", {{"floor", 0}});
    ASSERT_LT(one.observations.size(), one.plan.trials.size());
    const Result whole = merged(shares(3), 0);
    EXPECT_EQ(observations_sha256(whole.observations), observations_sha256(one.observations));
}

TEST_F(ShardTest, adds_its_time_to_that_of_the_others_but_for_what_one_run_had_left_out) {
    std::vector<NamedResult> shards = shares(2);
    for (NamedResult& named : shards) {
        named.result.wall_s = 10;
        named.result.cpu_s = 7;
        named.result.boots_s = {3};
        named.result.provenance["host"] = named.name;
    }
    shards[1].result.provenance["workers"] = 3;
    const Result whole = merged(shards, 0);
    EXPECT_EQ(whole.wall_s, 20);
    EXPECT_EQ(whole.cpu_s, 14);
    EXPECT_EQ(whole.boots_s.size(), 2u);
    EXPECT_EQ(whole.provenance["workers"], 2);
    EXPECT_FALSE(whole.provenance.contains("host"));
    EXPECT_EQ(whole.provenance["shards"][1]["host"], "node2");
    request_.plan = make_plan(request_.experiment, {});
    const Result early = merged(shares(2), 0);
    const size_t cut = early.plan.trials.size() - early.observations.size();
    ASSERT_GT(cut, 0u);
    shards = shares(2);
    for (NamedResult& named : shards) named.result.wall_s = 100;
    EXPECT_NEAR(merged(shards, 0).wall_s, 200 - 0.5 * static_cast<double>(cut), 1e-9);
}

TEST_F(ShardTest, has_whole_boots_each_in_one_share) {
    std::set<int> ids;
    std::map<std::pair<uint64_t, std::string>, int> share_of;
    for (int number = 1; number <= 3; number++)
        for (const Trial& trial : part_of(request_.plan, {number, 3}).trials) {
            EXPECT_TRUE(ids.insert(trial.id).second);
            EXPECT_EQ(share_of.emplace(boot_of(trial), number).first->second, number);
        }
    EXPECT_EQ(ids.size(), request_.plan.trials.size());
}

TEST_F(ShardTest, is_refused_where_shares_would_be_empty_or_of_different_machines) {
    EXPECT_THROW(part_of(request_.plan, {1, 1000}), Error);
    request_.plan.lane = Lane::timed;
    EXPECT_THROW(part_of(request_.plan, {1, 2}), Error);
}

TEST_F(ShardTest, is_written_as_one_of_many) {
    EXPECT_EQ(to_string(shard_from("2/4")), "2/4");
    for (const char* wrong : {"", "2", "/", "2/", "/4", "0/4", "5/4", "-1/4", "2/4x", "a/b",
                              "2/4/8", "99999999999/99999999999"})
        EXPECT_THROW(shard_from(wrong), Error) << wrong;
}

TEST_F(ShardTest, cannot_be_missing_twice_or_of_another_number) {
    const std::vector<NamedResult> all = shares(4);
    EXPECT_EQ(refusal({}), "no shard to merge");
    EXPECT_EQ(refusal({all[0], all[2]}), "missing: shard 2/4, 4/4");
    EXPECT_EQ(refusal({all[0], all[1], all[1], all[2], all[3]}),
              "shard 2/4 is there twice: node2 and node2");
    EXPECT_EQ(refusal({all[0], share(2, 2)}), "node2: it is shard 2/2, and node1 is one of 4");
    EXPECT_EQ(refusal({all[0], {"whole", run("whole_plan")}}),
              "whole: no shard, but a run of its own");
}

TEST_F(ShardTest, cannot_be_of_another_plan_machine_or_ingredients) {
    std::vector<NamedResult> other = shares(2);
    other[1].result.plan.seed = 7;
    EXPECT_EQ(refusal(other), "node2: a shard of another plan than node1: /seed differs");
    other = shares(2);
    other[1].result.experiment.text = "{ }";
    EXPECT_THAT(refusal(other), HasSubstr("the experiment's text differs"));
    other = shares(2);
    other[1].result.provenance["qemu"]["argv"] = {"-m", "1024"};
    EXPECT_THAT(refusal(other),
                HasSubstr("node2: its guest is another machine than that of node1: they "
                          "differ in -m, 1024"));
    other = shares(2);
    for (NamedResult& named : other)
        named.result.provenance["ingredients"] = {
            {{"name", "kernel"}, {"from", named.name}, {"sha256", named.name}}};
    EXPECT_THAT(refusal(other), HasSubstr("made with other ingredients than node1: "
                                          "kernel: node2 (node2) here, node1 (node1) there"));
}

TEST_F(ShardTest, has_to_be_finished_and_nothing_else) {
    std::vector<NamedResult> cut = shares(2);
    cut[1].result.observations.pop_back();
    EXPECT_EQ(refusal(cut), "node2: not finished, 11 of 12 trials are there");
    cut[1].result.observations.push_back(cut[0].result.observations[0]);
    EXPECT_THAT(refusal(cut), HasSubstr("is none of its shard"));
    cut[1].result.observations.back() = cut[1].result.observations.front();
    EXPECT_THAT(refusal(cut), HasSubstr("there twice"));
}

TEST_F(ShardTest, that_was_damaged_by_hand_is_refused_by_name) {
    for (const char* stamp : {R"(7)", R"({})", R"({"number": 0, "of": 2, "whole": ""})",
                              R"({"number": 1, "of": 2147483647, "whole": ""})",
                              R"({"number": 4294967297, "of": 2, "whole": ""})",
                              R"({"number": "1", "of": 2, "whole": ""})"}) {
        std::vector<NamedResult> damaged = shares(2);
        damaged[0].result.provenance["shard"] = Json::parse(stamp);
        EXPECT_THAT(refusal(damaged), HasSubstr("none of the plan's")) << stamp;
    }
    for (const auto& [key, value] : std::vector<std::pair<std::string, Json>>{
             {"qemu", Json::array()},
             {"qemu", {{"argv", 7}}},
             {"cmdline", 7},
             {"ingredients", "none"},
             {"ingredients", Json::object()},
             {"workers", "two"},
             {"shard", {{"number", 2}, {"of", 2}, {"whole", 7}}}}) {
        std::vector<NamedResult> damaged = shares(2);
        damaged[1].result.provenance[key] = value;
        EXPECT_THAT(refusal(damaged), HasSubstr("node2: its provenance is damaged")) << key;
    }
}

}  // namespace
}  // namespace rxlab
