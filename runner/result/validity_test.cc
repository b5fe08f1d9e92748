// SPDX-License-Identifier: GPL-2.0
#include "result/test_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result sound() {
    return test_result(test_experiment({"plain", "native"}),
                       [](const std::string&, int) { return 3600; });
}

TEST(Faults, are_none_where_every_check_holds) {
    EXPECT_THAT(faults(sound().observations[0]), IsEmpty());
    EXPECT_TRUE(valid(sound()));
}

TEST(Faults, name_the_check_and_its_detail) {
    Result result = sound();
    result.observations[1].checks["conservation"] = {false, "sent 1000, counted 998"};
    EXPECT_THAT(faults(result.observations[1]),
                ElementsAre("conservation failed: sent 1000, counted 998"));
    EXPECT_FALSE(valid(result));
}

TEST(Faults, an_expected_failure_is_none) {
    Observation observation = sound().observations[0];
    observation.trial.expect = {"conservation"};
    observation.checks["conservation"] = {false, "8 % lost"};
    EXPECT_THAT(faults(observation), IsEmpty());
}

TEST(Faults, an_expected_failure_that_did_not_happen_is_one) {
    Observation observation = sound().observations[0];
    observation.trial.expect = {"conservation", "no_such_check"};
    EXPECT_THAT(faults(observation),
                ElementsAre("conservation was expected to fail, and held",
                            "no_such_check was expected to fail, and was not checked"));
}

TEST(Faults, a_splat_is_one_unless_the_check_already_says_so) {
    Observation observation = sound().observations[0];
    observation.splats = {"BUG: sleeping function called"};
    EXPECT_THAT(faults(observation), ElementsAre("kernel log: BUG: sleeping function called"));
    observation.checks["no_splats"] = {false, "1 line"};
    EXPECT_THAT(faults(observation), ElementsAre("no_splats failed: 1 line"));
    observation.trial.expect = {"no_splats"};
    EXPECT_THAT(faults(observation), IsEmpty());
}

TEST(Valid, is_no_result_without_trials) {
    EXPECT_FALSE(valid(Result{}));
}

TEST(RoundsDistinct, holds_where_kernel_base_or_phase_differs) {
    Result result = sound();
    for (Observation& observation : result.observations)
        observation.facts["kernel_base"] = "0xffffffff81000000";
    check_rounds_distinct(result);
    for (const Observation& observation : result.observations)
        EXPECT_TRUE(observation.checks.at("rounds_distinct").ok);
}

TEST(UnmovedKernels, are_told_of_where_boot_seeds_differ_and_their_addresses_do_not) {
    Result result = sound();
    EXPECT_THAT(unmoved_kernels(result), IsEmpty());
    for (Observation& observation : result.observations)
        if (observation.trial.arm == "native")
            observation.facts["kernel_base"] = "0xffffffff81000000";
    EXPECT_THAT(unmoved_kernels(result),
                ElementsAre(HasSubstr("the kernel of native lies at one address")));
    result.observations.resize(1);
    EXPECT_THAT(unmoved_kernels(result), IsEmpty());
    result = sound();
    result.plan.lane = Lane::timed;
    for (Observation& observation : result.observations) observation.facts = Json::object();
    EXPECT_THAT(unmoved_kernels(result), IsEmpty());
}

TEST(UnmovedKernels, are_none_whose_address_was_not_read) {
    for (const Json& unread : {Json(), Json(""), Json(7)}) {
        Result result = sound();
        for (Observation& observation : result.observations)
            observation.facts["kernel_base"] = unread;
        EXPECT_THAT(unmoved_kernels(result), IsEmpty()) << unread;
    }
}

TEST(UnmovedKernels, are_told_of_by_what_each_factor_boots) {
    Result result = sound();
    for (Observation& observation : result.observations) {
        const bool old = observation.trial.round % 2 == 0;
        observation.trial.factors["kernel"] = old ? "6.1" : "6.12";
        observation.facts["kernel_base"] = old ? "0xffffffff81000000" : "0xffffffff82000000";
    }
    EXPECT_EQ(unmoved_kernels(result).size(), 1u);
}

TEST(RoundsDistinct, fails_where_a_round_repeats_another) {
    Result result = sound();
    for (Observation& observation : result.observations)
        if (observation.trial.round == 5)
            observation.facts = {{"kernel_base", "0xffffffff81000000"}, {"phase_ns", 7}};
    for (Observation& observation : result.observations)
        if (observation.trial.round == 6 && observation.trial.arm == "native")
            observation.facts = {{"kernel_base", "0xffffffff81000000"}, {"phase_ns", 7}};
    check_rounds_distinct(result);
    std::vector<std::string> failed;
    for (const Observation& observation : result.observations)
        if (const Check& check = observation.checks.at("rounds_distinct"); !check.ok)
            failed.push_back(observation.trial.arm + ": " + check.detail);
    EXPECT_THAT(
        failed,
        ElementsAre("native: kernel base \"0xffffffff81000000\", phase 7 ns as in round 5"));
}

TEST(RoundsDistinct, fails_where_nobody_can_tell) {
    Result result = sound();
    result.observations[2].facts.erase("kernel_base");
    check_rounds_distinct(result);
    EXPECT_FALSE(result.observations[2].checks.at("rounds_distinct").ok);
}

TEST(RoundsDistinct, is_asked_in_the_counted_lane_only) {
    Result result = test_result(
        test_experiment({"plain", "native"}), [](const std::string&, int) { return 1; },
        Lane::timed);
    check_rounds_distinct(result);
    EXPECT_FALSE(result.observations[0].checks.contains("rounds_distinct"));
}

}  // namespace
}  // namespace rxlab
