// SPDX-License-Identifier: GPL-2.0
#include "result/certify.h"

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

}  // namespace
}  // namespace rxlab
