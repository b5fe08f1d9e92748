// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "result/test_result.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <cmath>
#include <limits>

namespace rxlab {
namespace {

Result two_arms() {
    return test_result(test_experiment({"plain", "native"}), [](const std::string& arm, int round) {
        return (arm == "plain" ? 3600 : 2300) + 0.1 * round;
    });
}

TEST(Observation, comes_back_from_json_as_it_was) {
    Observation observation = two_arms().observations[3];
    observation.splats = {"WARNING: at net/core/dev.c"};
    observation.checks["conservation"] = {false, "sent 10, counted 9"};
    const Observation back = observation_from_json(Json::parse(to_json(observation).dump()));
    EXPECT_EQ(to_json(back), to_json(observation));
    EXPECT_EQ(back.splats, observation.splats);
    EXPECT_FALSE(back.checks.at("conservation").ok);
}

TEST(Observation, with_a_metric_that_is_no_number_is_refused) {
    Observation observation = two_arms().observations[0];
    observation.metrics["ns_per_packet"].value = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THROW(to_json(observation), Error);
}

TEST(ObservationsHash, is_a_golden_value) {
    EXPECT_EQ(observations_sha256({}),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    std::vector<Observation> observations = two_arms().observations;
    std::erase_if(observations,
                  [](const Observation& observation) { return observation.trial.round > 1; });
    for (Observation& observation : observations)
        observation.trial.boot_seed = static_cast<uint64_t>(observation.trial.round);
    // Made outside this program, from the sorted lines of canonical JSON.
    EXPECT_EQ(observations_sha256(observations),
              "e4913cdad9273ea51744545cecf40f268fcdf3ffd9ab0f071526fb93e978d872");
}

TEST(ObservationsHash, depends_on_metrics_and_not_on_order_times_facts_or_curves) {
    const Result result = two_arms();
    std::vector<Observation> other = result.observations;
    std::reverse(other.begin(), other.end());
    for (Observation& observation : other) {
        observation.wall_s = 99;
        observation.facts["kernel_base"] = "elsewhere";
        observation.curves = Json::object();
        observation.checks["more"] = {true, ""};
    }
    EXPECT_EQ(observations_sha256(other), observations_sha256(result.observations));
    double& value = other[5].metrics["instructions_per_packet"].value;
    value = std::nextafter(value, 1e9);
    EXPECT_NE(observations_sha256(other), observations_sha256(result.observations));
}

TEST(ObservationsHash, depends_on_the_arm) {
    std::vector<Observation> other = two_arms().observations;
    other[0].trial.arm = "renamed";
    EXPECT_NE(observations_sha256(other), observations_sha256(two_arms().observations));
}

}  // namespace
}  // namespace rxlab
