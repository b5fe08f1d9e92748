// SPDX-License-Identifier: GPL-2.0
#include "compare/table.h"

#include "compare/compare.h"
#include "result/test_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::HasSubstr;
using testing::Not;

Result sample() {
    return test_result(test_experiment({"closed-port", "xdp-native"}),
                       [](const std::string& arm, int round) {
                           return (arm == "closed-port" ? 3600 : 2300) + 8 * round;
                       });
}

TEST(TextTable, is_a_golden_text) {
    EXPECT_EQ(
        text_table(compare(sample())),
        "drop-point, counted lane, vm: better\n"
        "xdp-native needs 0.642x the instructions of closed-port (0.640 to 0.643).\n"
        "\n"
        "arm         metric                   before   after  change                   n  verdict\n"
        "xdp-native  instructions_per_packet  3628.0  2328.0  0.642x (0.640 to 0.643)  8  fewer "
        "instructions\n"
        "\n"
        "A difference counts from max(0.1 %, 3 instructions) (null floor not measured: --null); "
        "latencies from histograms: "
        "at least one bucket, 12.5 %; where nothing was before: any difference\n"
        "in the report besides: 2 metrics that are reported and not ranked\n");
}

TEST(TextTable, says_fewer_and_more_instructions) {
    Result result = sample();
    EXPECT_THAT(text_table(compare(result)), HasSubstr("fewer instructions"));
    for (Observation& observation : result.observations)
        if (observation.trial.arm == "xdp-native")
            observation.metrics["instructions_per_packet"].value *= 2;
    EXPECT_THAT(text_table(compare(result)), HasSubstr("more instructions"));
}

TEST(TextTable, tells_why_an_arm_is_invalid) {
    Result result = sample();
    for (Observation& observation : result.observations)
        observation.checks["conservation"].ok = observation.trial.arm == "closed-port";
    EXPECT_THAT(text_table(compare(result)),
                HasSubstr("\ninvalid: xdp-native: 8 of 8 trials: conservation failed: "));
}

TEST(TextTable, shows_primary_metrics_only) {
    Result result = sample();
    for (Observation& observation : result.observations) {
        const bool native = observation.trial.arm == "xdp-native";
        observation.metrics["softirq.net_rx.raise_to_entry.p99"] = {native ? 3600.0 : 2000.0,
                                                                    "instructions", "lower"};
    }
    const Comparison comparison = compare(result);
    EXPECT_THAT(text_table(comparison), Not(HasSubstr("raise_to_entry")));
    for (const ComparedMetric& metric : comparison.comparisons[0].metrics)
        if (metric.name == "softirq.net_rx.raise_to_entry.p99") {
            EXPECT_EQ(metric.verdict, Verdict::not_visible);
            EXPECT_EQ(metric.reason, "not primary: reported, not ranked");
            EXPECT_NEAR(metric.ratio.value(), 1.8, 0.01);
        }
}

TEST(TextTable, says_once_what_the_lane_cannot_see) {
    Result result = sample();
    result.experiment.primary.push_back("ns_per_packet");
    EXPECT_THAT(text_table(compare(result)),
                HasSubstr("\nthe counted lane cannot see ns_per_packet\n"));
}

TEST(TextTable, hides_descriptive_metrics) {
    EXPECT_THAT(text_table(compare(sample())), Not(HasSubstr("packets_sent")));
}

}  // namespace
}  // namespace rxlab
