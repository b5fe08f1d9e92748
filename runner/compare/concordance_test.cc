// SPDX-License-Identifier: GPL-2.0
#include "compare/concordance.h"

#include "base/error.h"
#include "result/test_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kThreeArms = {"long", "short", "equal"};

double instructions_of(const std::string& arm, int) {
    return arm == "short" ? 900 : 1000;
}

Result counted_result(const std::vector<std::string>& arms = kThreeArms) {
    Experiment experiment = test_experiment(arms);
    experiment.primary.push_back("ns_per_packet");
    return test_result(experiment, instructions_of);
}

/// @param reading ns per packet
Result timed_result(const Reading& reading, int rounds = 8,
                    const std::vector<std::string>& arms = kThreeArms) {
    Experiment experiment = test_experiment(arms);
    experiment.primary.push_back("ns_per_packet");
    Result result = test_result(experiment, reading, Lane::timed, rounds);
    for (Observation& observation : result.observations) {
        observation.metrics["ns_per_packet"] = {
            observation.metrics.at("instructions_per_packet").value, "ns/packet", "lower"};
        observation.metrics.erase("instructions_per_packet");
    }
    result.provenance = {{"host", {{"cpu_model", "A CPU"}, {"kernel", "6.18"}}}};
    return result;
}

/// The first two arms, and the last with either; all at ratios of time that these have.
Result timed_with(double shorter, double noise = 0) {
    return timed_result([=](const std::string& arm, int round) {
        return (arm == "short" ? shorter : 100) * (1 + (round % 2 ? noise : -noise));
    });
}

std::string refusal_of(const std::function<void()>& does) {
    try {
        does();
    } catch (const Error& error) {
        return error.what();
    }
    return "nothing was refused";
}

TEST(Concordance, compares_each_pair_of_arms_whose_instructions_differ) {
    const std::vector<ConcordancePair> pairs = concordant_pairs(counted_result(), timed_with(80));
    ASSERT_EQ(pairs.size(), 2u) << "long and equal need as many instructions: no order";
    EXPECT_EQ(pairs[0].before, "long");
    EXPECT_EQ(pairs[0].after, "short");
    EXPECT_DOUBLE_EQ(pairs[0].counted, 0.9);
    EXPECT_NEAR(pairs[0].timed, 0.8, 1e-12);
    EXPECT_EQ(pairs[0].agreement, Agreement::same);
    EXPECT_EQ(pairs[1].before, "short");
    EXPECT_NEAR(pairs[1].timed, 1.25, 1e-12);
    EXPECT_EQ(pairs[1].agreement, Agreement::same);
}

TEST(Concordance, tells_the_other_order_and_what_no_interval_decides) {
    EXPECT_EQ(concordant_pairs(counted_result(), timed_with(110))[0].agreement, Agreement::other);
    const Result undecided = timed_result([](const std::string& arm, int round) {
        return arm == "short" ? (round % 2 ? 90 : 110) : 100;
    });
    const ConcordancePair pair = concordant_pairs(counted_result(), undecided)[0];
    EXPECT_EQ(pair.agreement, Agreement::undecided);
    EXPECT_LT(pair.timed_low, 1);
    EXPECT_GT(pair.timed_high, 1);
}

TEST(Concordance, pairs_rounds_so_that_drift_which_both_arms_have_decides_nothing) {
    EXPECT_EQ(concordant_pairs(counted_result(), timed_with(80, 0.5))[0].agreement,
              Agreement::same);
}

TEST(Concordance, counts_only_what_differs_by_enough) {
    const Concordance all = concordance_of({timed_with(80), counted_result()});
    ASSERT_EQ(all.counts.size(), 2u);
    EXPECT_EQ(all.counts[0].same, 2u);
    EXPECT_EQ(all.counts[1].name, "drop-point");
    EXPECT_EQ(
        all.words,
        "Of 2 pairs of arms whose instructions differ by 5 % or more, 2 had the same order in "
        "time (A CPU), 0 the other one, and 0 were not told apart.");
    Experiment near = test_experiment({"long", "short"});
    const Result hardly = test_result(
        near, [](const std::string& arm, int) { return arm == "short" ? 960.0 : 1000.0; });
    const Concordance none = concordance_of(
        {hardly, timed_result([](const std::string&, int) { return 100; }, 8, {"long", "short"})});
    EXPECT_EQ(none.pairs.size(), 1u) << "it is told";
    EXPECT_EQ(none.counts[0].same + none.counts[0].other + none.counts[0].undecided, 0u);
}

TEST(Concordance, leaves_out_an_arm_that_is_not_sound_in_one_of_the_lanes) {
    Result timed = timed_with(80);
    for (Observation& observation : timed.observations)
        if (observation.trial.arm == "equal") observation.checks["conservation"] = {false, "lost"};
    EXPECT_EQ(concordant_pairs(counted_result(), timed).size(), 1u);
}

TEST(Concordance, is_read_back_as_it_was_written) {
    const Json written = to_json(concordance_of({counted_result(), timed_with(80)}));
    EXPECT_EQ(to_json(concordance_from_json(written)), written);
    Json broken = written;
    broken["pairs"][0]["agreement"] = "perhaps";
    EXPECT_THAT(refusal_of([&] { concordance_from_json(broken); }),
                HasSubstr("/pairs/0/agreement: expected same, other or undecided"));
}

TEST(Concordance, refuses_what_cannot_be_compared) {
    const Result counted = counted_result(), timed = timed_with(80);
    EXPECT_THAT(refusal_of([&] { concordance_of({counted}); }),
                HasSubstr("no result of drop-point in a lane that measures time"));
    EXPECT_THAT(refusal_of([&] {
                    concordance_of({counted, counted, timed});
                }),
                HasSubstr("two results of drop-point in the counted lane"));
    Result changed = timed;
    changed.experiment.text = "{ }\n";
    EXPECT_THAT(refusal_of([&] {
                    concordance_of({counted, changed});
                }),
                HasSubstr("different texts"));
    const Result few = timed_result([](const std::string&, int) { return 100; }, 3);
    EXPECT_THAT(refusal_of([&] {
                    concordance_of({counted, few});
                }),
                HasSubstr("have 3 rounds in common in time; an interval takes 6"));
    Result elsewhere = timed_with(80);
    elsewhere.experiment.name = "other";
    elsewhere.provenance["host"]["cpu_model"] = "B CPU";
    Result also = counted;
    also.experiment.name = "other";
    EXPECT_THAT(refusal_of([&] {
                    concordance_of({counted, timed, also, elsewhere});
                }),
                HasSubstr("two machines: A CPU and B CPU"));
}

}  // namespace
}  // namespace rxlab
