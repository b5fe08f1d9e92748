// SPDX-License-Identifier: GPL-2.0
#include "compare/cells.h"

#include "result/test_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::ElementsAre;

Result swept(Lane lane = Lane::counted, const std::vector<Json>& sizes = {60, 1514}) {
    Experiment experiment = test_experiment({"plain", "native"});
    experiment.factors = {{"size", sizes}};
    experiment.traffic["packet_size"] = "$size";
    experiment.rounds.phases = 2;
    experiment.arms[1].boot = {{"seed_offset", 1000}};
    return test_result(
        experiment, [](const std::string&, int round) { return 3600 + round; }, lane, 4);
}

TEST(Cells, are_arms_times_factors_in_the_experiments_order) {
    const Result result =
        swept(Lane::timed, {60, 64, 256, 512, 1024, 1514});  // a plan that shuffles them
    std::vector<std::string> names, in_order;
    for (const char* arm : {"plain", "native"})
        for (const int size : {60, 64, 256, 512, 1024, 1514})
            in_order.push_back(fmt::format("{} at size={}", arm, size));
    for (const Cell& cell : cells_of(result)) {
        names.push_back(name_of(cell));
        EXPECT_EQ(cell.observations.size(), 4u);
        EXPECT_EQ(cell.planned, 4u);
    }
    EXPECT_EQ(names, in_order);
}

TEST(Cells, cluster_phases_by_the_rounds_boot_seed) {
    const Result result = swept();
    const std::vector<Cell> cells = cells_of(result);
    const Clusters plain = clusters_of(cells[0], "instructions_per_packet"),
                   native = clusters_of(cells[2], "instructions_per_packet");
    EXPECT_EQ(plain.size(), 2u);
    EXPECT_EQ(plain, native) << "an arm's own seed offset does not part it from its round";
    EXPECT_EQ(plain.begin()->second.size(), 2u);
}

TEST(Cells, outside_the_counted_lane_rounds_are_the_clusters) {
    const Result result = swept(Lane::timed);
    EXPECT_EQ(clusters_of(cells_of(result)[0], "instructions_per_packet").size(), 4u);
}

TEST(Cells, are_named_with_their_factors) {
    EXPECT_EQ(name_of({"native", {}, {}, 0}), "native");
    EXPECT_EQ(name_of({"native", {{"drop", {{"name", "nft"}, {"setup", 1}}}}, {}, 0}),
              "native at drop=nft");
    EXPECT_EQ(name_of({"native", {{"size", 60}, {"mode", "deep"}}, {}, 0}),
              "native at mode=deep size=60");
}

TEST(Cells, tell_each_fault_once_with_its_count) {
    Result result = test_result(test_experiment({"plain", "native"}),
                                [](const std::string&, int) { return 1; });
    int lost = 0;
    for (Observation& observation : result.observations)
        if (observation.trial.arm == "native" && observation.trial.round > 4)
            observation.checks["conservation"] = {false, fmt::format("lost {}", ++lost)};
    EXPECT_THAT(faults_of(cells_of(result)[1]),
                ElementsAre("native: 3 of 8 trials: conservation failed: lost 1"));
    EXPECT_THAT(faults_of({"native", {}, {}, 8}), ElementsAre("native: none of 8 trials finished"));
}

}  // namespace
}  // namespace rxlab
