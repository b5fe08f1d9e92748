// SPDX-License-Identifier: GPL-2.0
#include "result/certify.h"

#include "base/error.h"
#include "result/test_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Result run() {
    Result result = test_result(
        test_experiment({"plain", "native"}), [](const std::string&, int) { return 3600; },
        Lane::counted, 2);
    for (Observation& observation : result.observations)
        observation.trial.boot_seed = observation.trial.round;
    return result;
}

TEST(Differing, is_empty_for_equal_runs) {
    EXPECT_THAT(differing(run(), run()), IsEmpty());
}

TEST(Differing, names_trial_and_metric) {
    Result second = run();
    second.observations[3].metrics["instructions_per_packet"].value = 3600.25;
    second.observations[3].metrics.erase("packets_lost");
    EXPECT_THAT(differing(run(), second),
                ElementsAre("native round 1 boot 1 phase 0: instructions_per_packet 3600 "
                            "instructions/packet and 3600.25 instructions/packet",
                            "native round 1 boot 1 phase 0: packets_lost 0 packets and nothing"));
}

TEST(Differing, names_trials_that_only_one_run_has) {
    Result second = run();
    second.observations.erase(second.observations.begin());
    EXPECT_THAT(differing(run(), second),
                ElementsAre("plain round 0 boot 0 phase 0: only in the first run"));
    EXPECT_THAT(differing(second, run()),
                ElementsAre("plain round 0 boot 0 phase 0: only in the second run"));
}

TEST(Differing, is_empty_exactly_when_the_hashes_are_equal) {
    Result second = run();
    second.observations[0].metrics["packets_sent"].unit = "frames";
    EXPECT_FALSE(differing(run(), second).empty());
    EXPECT_NE(observations_sha256(run().observations), observations_sha256(second.observations));
}

Json row(const char* name, const char* from, const char* sha256) {
    return {{"name", name}, {"from", from}, {"sha256", sha256}};
}

TEST(DifferingIngredients, are_those_of_another_hash_or_that_one_side_has) {
    const Json here = {row("kernel", "linux 6.12.117", "aaaa"), row("image /bin/ip", "ip 6.1", "b"),
                       row("image /bin/nft", "nft 1.0", "c")};
    const Json there = {row("image /bin/ip", "ip 6.1-rebuilt", "b"),
                        row("kernel", "linux 6.12.118", "dddd"), row("image /bin/tc", "ip", "e")};
    EXPECT_THAT(differing_ingredients(here, there),
                ElementsAre("image /bin/nft: nft 1.0 (c) here, none there",
                            "image /bin/tc: none here, ip (e) there",
                            "kernel: linux 6.12.117 (aaaa) here, linux 6.12.118 (dddd) there"));
    EXPECT_THAT(differing_ingredients(here, here), IsEmpty());
}

TEST(DifferingIngredients, rows_that_are_none_are_refused) {
    for (const Json& rows : {Json::array({1}), Json::array({{{"name", "kernel"}}}),
                             Json::array({row("a", "b", "c"), Json::object()})})
        EXPECT_THROW(differing_ingredients(Json::array(), rows), Error) << rows;
}

TEST(IngredientsOf, a_result_are_the_guests_and_the_plan_with_its_seeds) {
    Result result = run();
    result.provenance["ingredients"] = Json::array({row("kernel", "linux 6.12.117", "aaaa")});
    Result other = result;
    other.plan.trials.front().seed++;
    EXPECT_EQ(ingredients_of(result).size(), 2u);
    EXPECT_THAT(differing_ingredients(ingredients_of(result), ingredients_of(other)),
                ElementsAre(testing::StartsWith("plan: ")));
}

TEST(Figures, are_what_each_arm_costs_on_the_mean) {
    Result result = run();
    result.observations[1].metrics["instructions_per_packet"].value = 3604;
    const Json figures = figures_of(result);
    ASSERT_EQ(figures.size(), 2U);
    double sum = 0;
    for (const Json& figure : figures) {
        EXPECT_EQ(figure.at("metric"), "instructions_per_packet");
        EXPECT_EQ(figure.at("unit"), "instructions/packet");
        sum += figure.at("value").get<double>();
    }
    EXPECT_EQ(figures[0].at("arm"), "plain");
    EXPECT_DOUBLE_EQ(sum, 7202);  // one of two trials is four more
}

Json figure(const char* arm, double value) {
    return {{"arm", arm},
            {"factors", {{"path", {{"name", "veth"}, {"x", 1}}}}},
            {"metric", "instructions_per_packet"},
            {"value", value}};
}

TEST(DifferingFigures, are_told_with_both_and_those_that_one_side_has) {
    const Json here = {figure("plain", 6072), figure("new", 1)},
               there = {figure("plain", 6000), figure("old", 2)};
    EXPECT_THAT(differing_figures(here, there),
                ElementsAre("new path=veth: instructions_per_packet: only here",
                            "old path=veth: instructions_per_packet: only there",
                            "plain path=veth: instructions_per_packet 6072.0 here, 6000.0 there "
                            "(+1.20 %)"));
    EXPECT_THAT(differing_figures(here, here), IsEmpty());
    EXPECT_THROW(differing_figures(here, {{{"arm", 1}}}), Error);
}

}  // namespace
}  // namespace rxlab
