// SPDX-License-Identifier: GPL-2.0
#include "compare/net.h"

#include "compare/compare.h"
#include "result/test_result.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

/// plain needs 3000, fast 2000, and 1600 of each are the generator's; all move with the round.
Result with_generator() {
    Experiment experiment = test_experiment({"plain", "fast", "pktgen"});
    experiment.arms[2].generator = true;
    experiment.primary = {"net.instructions_per_packet"};
    return test_result(experiment, [](const std::string& arm, int round) {
        return round + (arm == "plain" ? 3000 : arm == "fast" ? 2000 : 1600);
    });
}

const Observation& observation_of(const Result& result, const std::string& arm) {
    return *std::find_if(result.observations.begin(), result.observations.end(),
                         [&](const Observation& one) { return one.trial.arm == arm; });
}

TEST(Net, is_what_a_round_cost_less_what_its_generator_cost_alone) {
    const Result result = with_net_metrics(with_generator());
    const Metric& net = observation_of(result, "plain").metrics.at("net.instructions_per_packet");
    EXPECT_EQ(net.value, 1400);
    EXPECT_EQ(net.unit, "instructions/packet");
    EXPECT_FALSE(observation_of(result, "pktgen").metrics.contains("net.instructions_per_packet"));
}

TEST(Net, changes_no_hash_of_what_was_observed) {
    const Result measured = with_generator();
    const Comparison before = compare(measured);
    EXPECT_EQ(observations_sha256(measured.observations),
              observations_sha256(with_generator().observations));
    EXPECT_EQ(before.generators.size(), 1);
}

TEST(Net, ratio_is_that_of_the_paths_and_the_generator_is_no_variant) {
    const Comparison comparison = compare(with_generator());
    ASSERT_EQ(comparison.comparisons.size(), 1);
    EXPECT_EQ(comparison.comparisons[0].arm, "fast");
    EXPECT_NEAR(comparison.comparisons[0].metrics.at(0).ratio.value(), 400.0 / 1400, 1e-9);
    EXPECT_EQ(comparison.verdict, Verdict::better);
    EXPECT_EQ(comparison.generators.at(0).label, "pktgen");
    EXPECT_EQ(comparison.generators.at(0).metric, "instructions_per_packet");
    EXPECT_NEAR(comparison.generators.at(0).value, 1603.5, 1e-9);
}

/// The second kernel's generator needs 500 more, and so does its path.
Result of_two_kernels() {
    Experiment experiment = test_experiment({"old", "new", "old-pktgen", "new-pktgen"});
    for (const size_t arm : {1, 3}) experiment.arms[arm].boot = {{"kernel", "6.12"}};
    for (const size_t arm : {2, 3}) experiment.arms[arm].generator = true;
    experiment.arms[1].boot["seed_offset"] = 1;
    experiment.primary = {"net.instructions_per_packet"};
    return test_result(experiment, [](const std::string& arm, int round) {
        return round + (arm == "old"          ? 3000
                        : arm == "new"        ? 3500
                        : arm == "old-pktgen" ? 1600
                                              : 2100);
    });
}

TEST(Net, each_kernel_has_its_own_generator) {
    const Comparison comparison = compare(of_two_kernels());
    ASSERT_EQ(comparison.comparisons.size(), 1);
    EXPECT_EQ(comparison.comparisons[0].metrics.at(0).before, 1400);
    EXPECT_EQ(comparison.comparisons[0].metrics.at(0).after, 1400);
    EXPECT_EQ(comparison.verdict, Verdict::same);
    EXPECT_EQ(comparison.generators.size(), 2);
}

TEST(Net, needs_a_sound_trial_of_the_generator) {
    Result result = with_generator();
    for (Observation& observation : result.observations)
        if (observation.trial.arm == "pktgen")
            observation.checks["conservation"] = {false, "sent 1000, counted 999"};
    EXPECT_EQ(compare(result).verdict, Verdict::invalid);
    EXPECT_FALSE(observation_of(with_net_metrics(result), "plain")
                     .metrics.contains("net.instructions_per_packet"));
}

}  // namespace
}  // namespace rxlab
