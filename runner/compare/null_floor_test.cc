// SPDX-License-Identifier: GPL-2.0
#include "compare/null_floor.h"

#include "base/error.h"
#include "compare/compare.h"
#include "result/test_result.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

/// Equal arms, but for `percent` in one round of one of them.
Result null_result(double percent) {
    return test_result(test_experiment({"plain", "again", "other"}),
                       [=](const std::string& arm, int round) {
                           return 3600 * (1 + (arm == "other" && round == 3 ? percent / 100 : 0));
                       });
}

TEST(NullFloor, is_near_the_largest_difference_of_equal_arms) {
    EXPECT_EQ(null_floor(null_result(0), Lane::counted), 0);
    const double floor = null_floor(null_result(0.5), Lane::counted);
    EXPECT_GT(floor, 0.004);
    EXPECT_LE(floor, 0.005);
    EXPECT_NEAR(null_floor(null_result(-0.5), Lane::counted), floor, 1e-9);
}

TEST(NullFloor, what_it_hides_is_called_the_same) {
    const Result result = test_result(test_experiment({"a", "b"}), [](const std::string& arm, int) {
        return arm == "a" ? 10000 : 10030;
    });
    EXPECT_EQ(to_json(compare(result))["verdict"], "worse");
    EXPECT_EQ(to_json(compare(result, {null_floor(null_result(0.5), Lane::counted)}))["verdict"],
              "same");
}

TEST(NullFloor, refuses_another_lane_an_invalid_result_and_no_arms) {
    EXPECT_THROW(null_floor(null_result(0), Lane::timed), Error);
    Result faulty = null_result(0);
    faulty.observations[0].checks["conservation"].ok = false;
    EXPECT_THROW(null_floor(faulty, Lane::counted), Error);
    EXPECT_THROW(null_floor(test_result(test_experiment({"alone"}),
                                        [](const std::string&, int) { return 1; }),
                            Lane::counted),
                 Error);
}

}  // namespace
}  // namespace rxlab
