// SPDX-License-Identifier: GPL-2.0
#include "compare/headline.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

ComparedMetric metric(double ratio, double low, double high, Verdict verdict) {
    ComparedMetric metric;
    metric.name = "instructions_per_packet";
    metric.unit = "instructions/packet";
    metric.primary = true;
    metric.ratio = ratio;
    metric.ci_low = low;
    metric.ci_high = high;
    metric.scale = "ratio";
    metric.delta = 0.001;
    metric.verdict = verdict;
    metric.reason = "the interval reaches across delta";
    return metric;
}

ComparedArm arm(const char* name, const ComparedMetric& metric) {
    ComparedArm arm;
    arm.arm = arm.label = arm.after_label = name;
    arm.before_label = "closed-port";
    arm.verdict = metric.verdict;
    arm.metrics = {metric};
    return arm;
}

TEST(Headline, counts_instructions_and_never_says_faster) {
    EXPECT_EQ(headline({arm("xdp-native", metric(0.62, 0.61, 0.63, Verdict::better))}),
              "xdp-native needs 0.62x the instructions of closed-port (0.61 to 0.63).");
}

TEST(Headline, says_what_is_the_same_and_what_is_undecided) {
    EXPECT_EQ(headline({arm("again", metric(1, 0.9999, 1.0001, Verdict::same)),
                        arm("tc", metric(0.998, 0.996, 1.0, Verdict::inconclusive))}),
              "again needs 1.0000x the instructions of closed-port (0.9999 to 1.0001), the same "
              "within 0.1 %; "
              "tc is undecided, the interval reaches across delta: 0.998x the instructions of "
              "closed-port (0.996 to 1.000).");
}

TEST(Headline, tells_invalid_and_worse_arms_first_and_four_at_most) {
    ComparedArm broken = arm("broken", metric(1, 1, 1, Verdict::invalid));
    broken.reasons = {"broken: 1 of 8 trials: no_splats failed: WARNING"};
    const ComparedMetric good = metric(0.5, 0.49, 0.51, Verdict::better);
    const std::string text = headline({arm("a", good), arm("b", good), arm("c", good),
                                       arm("up", metric(1.2, 1.19, 1.21, Verdict::worse)), broken});
    EXPECT_EQ(text.substr(0, text.find("; a")),
              "broken is invalid (broken: 1 of 8 trials: no_splats failed: WARNING); up needs "
              "1.20x the instructions of closed-port (1.19 to 1.21)");
    EXPECT_EQ(text.substr(text.rfind("; ")), "; and 1 more.");
}

TEST(Headline, tells_the_metric_that_gave_the_verdict) {
    ComparedArm slower = arm("up", metric(1, 1, 1, Verdict::same));
    slower.metrics.push_back(metric(1.2, 1.19, 1.21, Verdict::worse));
    slower.metrics[1].name = "ns_per_packet";
    slower.verdict = Verdict::worse;
    EXPECT_EQ(headline({slower}),
              "up takes 1.20x the time per packet of closed-port (1.19 to 1.21).");
}

TEST(Headline, says_that_there_is_nothing) {
    EXPECT_EQ(headline({}), "There is nothing to compare.");
}

TEST(RatioText, shows_enough_digits_to_tell_the_ends_apart) {
    EXPECT_EQ(ratio_text(metric(0.62, 0.61, 0.63, Verdict::same)), "0.62x (0.61 to 0.63)");
    EXPECT_EQ(ratio_text(metric(0.6201, 0.6181, 0.6221, Verdict::same)), "0.620x (0.618 to 0.622)");
    EXPECT_EQ(ratio_text(metric(0.62, 0.62, 0.62, Verdict::same)), "0.6200x (0.6200 to 0.6200)");
}

}  // namespace
}  // namespace rxlab
