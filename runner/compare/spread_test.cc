// SPDX-License-Identifier: GPL-2.0
#include "compare/spread.h"

#include "result/test_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

/// Four boots of three phases; what an arm has beside the baseline.
Result nested(const std::function<double(int boot, int phase)>& ratio) {
    Experiment experiment = test_experiment({"plain", "native"});
    experiment.rounds.phases = 3;
    return test_result(
        experiment,
        [&](const std::string& arm, int round) {
            return 1000 * (arm == "plain" ? 1 : ratio(round / 3, round % 3));
        },
        Lane::counted, 12);
}

}  // namespace

TEST(Spread, that_is_of_boots_keeps_them) {
    const auto rows = spread_of(nested(
        [](int boot, int phase) { return 0.5 + 0.01 * boot + 0.0001 * ((phase + boot) % 2); }));
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].arm, "native");
    EXPECT_EQ(rows[0].components.groups, 4u);
    EXPECT_EQ(rows[0].components.values, 12u);
    EXPECT_TRUE(rows[0].boots_must_stay());
    EXPECT_THAT(text_table(rows), testing::HasSubstr("boots must stay"));
}

TEST(Spread, that_is_of_phases_does_not) {
    const auto rows = spread_of(nested([](int, int phase) { return 0.5 + 0.01 * phase; }));
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_FALSE(rows[0].boots_must_stay());
    EXPECT_GT(rows[0].components.within, 0);
    EXPECT_EQ(rows[0].components.between, 0);
    EXPECT_EQ(to_json(rows[0])["boots_must_stay"], false);
}

TEST(Spread, is_told_of_what_arms_cost_beside_their_generator) {
    Experiment experiment = test_experiment({"plain", "native", "pktgen"});
    experiment.arms[2].generator = true;
    experiment.primary = {"net.instructions_per_packet"};
    experiment.rounds.phases = 3;
    const auto rows = spread_of(test_result(
        experiment,
        [](const std::string& arm, int round) {
            return arm == "pktgen" ? 1600 : (arm == "plain" ? 3000 : 2000) + round % 3;
        },
        Lane::counted, 12));
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].arm, "native");
    EXPECT_EQ(rows[0].metric, "net.instructions_per_packet");
}

TEST(Spread, needs_two_phases_of_a_boot) {
    EXPECT_TRUE(spread_of(test_result(test_experiment({"plain", "native"}), [](const std::string&,
                                                                               int round) {
                    return 1000 + round;
                })).empty());
}

}  // namespace rxlab
