// SPDX-License-Identifier: GPL-2.0
#include "campaign/replay.h"

#include "base/error.h"
#include "campaign/campaign.h"
#include "campaign/fake_executor.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

const Json kRace{{"metric", "instructions_per_packet"}};

/// Nine arms beside the baseline, each in eight rounds.
Experiment nine() {
    std::vector<std::string> arms{"now"};
    for (int i = 0; i < 9; i++) arms.push_back(fmt::format("arm-{}", i));
    return test_experiment(arms);
}

double of_nine(const std::string& arm, int round) {
    return arm == "now" ? 100 : 90 + arm.back() % 7 + round % 3;
}

TEST(Replayed, is_what_a_campaign_of_the_strategy_observes) {
    const Result whole = test_result(nine(), of_nine);
    FakeExecutor executor(of_nine);
    const auto race = make_strategy("racing", kRace);
    const Result run = run_campaign({.experiment = whole.experiment, .plan = whole.plan}, *race,
                                    executor, [](const CampaignEvent&) {});
    const Result again = replayed(whole, *race);
    ASSERT_EQ(again.observations.size(), run.observations.size());
    EXPECT_LT(again.observations.size(), whole.observations.size());
    for (size_t i = 0; i < run.observations.size(); i++) {
        EXPECT_EQ(again.observations[i].trial.id, run.observations[i].trial.id);
        EXPECT_EQ(again.observations[i].metrics.at("instructions_per_packet").value,
                  run.observations[i].metrics.at("instructions_per_packet").value);
    }
}

TEST(Replayed, needs_all_that_is_asked_for) {
    Result part = test_result(nine(), of_nine);
    part.observations.pop_back();
    EXPECT_THROW(replayed(part, *make_strategy("whole_plan")), Error);
}

}  // namespace
}  // namespace rxlab
