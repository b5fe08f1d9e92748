// SPDX-License-Identifier: GPL-2.0
#include "compare/compare.h"

#include "result/test_result.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

Result timed(double spread, int rounds) {
    Experiment experiment = test_experiment({"plain", "native"});
    experiment.primary = {"ns_per_packet", "lost_fraction"};
    Result result = test_result(experiment, [](const std::string&, int) { return 1; }, Lane::timed, rounds);
    for (Observation& observation : result.observations) {
        const double sign = observation.trial.round % 2 && observation.trial.arm == "native" ? 1 : -1;
        observation.metrics["ns_per_packet"] = {100 * (1 + sign * spread), "ns/packet", "lower"};
        observation.metrics["lost_fraction"] = {0, "1", "lower"};
    }
    return result;
}

TEST(PrimaryPreciseEnough, WantsTenRoundsAndAHalfWidthOfHalfDelta) {
    EXPECT_TRUE(primary_precise_enough(timed(0.005, 10)));
    EXPECT_FALSE(primary_precise_enough(timed(0.005, 9)));
    EXPECT_FALSE(primary_precise_enough(timed(0.05, 12)));
}

TEST(PrimaryPreciseEnough, IsAskedInTheTimedLaneOnly) {
    EXPECT_TRUE(primary_precise_enough(test_result(test_experiment({"plain", "native"}), [](const std::string&, int round) { return 1000 * (1 + round); })));
}

}  // namespace
}  // namespace rxlab
