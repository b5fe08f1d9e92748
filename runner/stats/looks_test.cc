// SPDX-License-Identifier: GPL-2.0
#include "stats/looks.h"

#include "stats/family.h"
#include "stats/quantile.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace rxlab {
namespace {

constexpr double kDelta = 0.001;  // the counted lane's, of ln ratios
const std::vector<size_t> kLooks = {3, 5, 9};
constexpr size_t kArms = 6;
constexpr int kSimulatedRuns = 400;

/// Arms' ln ratios to one baseline, by round: what each has more than its own true effect.
using Noise = std::function<double()>;

struct Spread {
    const char* name;
    std::function<Noise(std::mt19937_64&)> make;
};

/// Of the kinds that the counted lane has shown: it may be none at all in one arm, come in two
/// steps, or be a rare jump.
const Spread kSpreads[] = {
    {"normal",
     [](std::mt19937_64& random) {
         return [&random] { return std::normal_distribution<double>(0, 0.0005)(random); };
     }},
    {"wide",
     [](std::mt19937_64& random) {
         return [&random] { return std::normal_distribution<double>(0, 0.005)(random); };
     }},
    {"heavy tails",
     [](std::mt19937_64& random) {
         return [&random] { return 0.0005 * std::student_t_distribution<double>(2)(random); };
     }},
    {"skewed",
     [](std::mt19937_64& random) {
         return
             [&random] { return 0.001 * (std::exponential_distribution<double>(1)(random) - 1); };
     }},
    {"two steps",
     [](std::mt19937_64& random) {
         return [&random] { return std::bernoulli_distribution(0.5)(random) ? 0.0005 : -0.0005; };
     }},
    {"a rare jump",
     [](std::mt19937_64& random) {
         return [&random] {
             return 0.002 * ((std::bernoulli_distribution(0.125)(random) ? 1 : 0) - 0.125);
         };
     }},
    {"none", [](std::mt19937_64&) { return [] { return 0.0; }; }},
};

struct Judged {
    Interval interval;
    bool decided = false;
};

bool is_decided(const Interval& interval) {
    return interval.low > kDelta || interval.high < -kDelta ||
           (-kDelta <= interval.low && interval.high <= kDelta);
}

/// Every arm at one look, as compare judges them.
std::vector<Judged> judged(const std::vector<std::vector<double>>& arms, size_t rounds,
                           double error) {
    std::vector<Judged> all(arms.size());
    const auto at = [&](size_t i, double confidence) {
        const std::vector<double> seen(arms[i].begin(),
                                       arms[i].begin() + static_cast<std::ptrdiff_t>(rounds));
        return *few_paired_shift(seen, confidence, kDelta / 2).interval;
    };
    const std::vector<double> confidences = holm_confidences(
        arms.size(), [&](size_t i, double confidence) { return is_decided(at(i, confidence)); },
        error);
    for (size_t i = 0; i < arms.size(); i++) {
        const Interval interval = at(i, confidences[i]);
        all[i] = {interval, is_decided(interval)};
    }
    return all;
}

struct Ended {
    size_t rounds;
    std::vector<Judged> arms;
};

/// One experiment whose arms all differ from the baseline by `truth`.
Ended run(const Noise& noise, double truth) {
    std::vector<std::vector<double>> arms(kArms);
    for (size_t round = 0; round < kLooks.back(); round++) {
        const double baseline = noise();
        for (std::vector<double>& arm : arms) arm.push_back(truth + noise() - baseline);
    }
    for (size_t i = 0;; i++) {
        Ended ended{kLooks[i], judged(arms, kLooks[i], error_at(i, kLooks.size()))};
        if (i + 1 == kLooks.size() || std::all_of(ended.arms.begin(), ended.arms.end(),
                                                  [](const Judged& arm) { return arm.decided; }))
            return ended;
    }
}

double share_of(const Spread& spread, double truth, const std::function<bool(const Ended&)>& bad) {
    std::mt19937_64 random(11);
    const Noise noise = spread.make(random);
    int count = 0;
    for (int i = 0; i < kSimulatedRuns; i++) count += bad(run(noise, truth));
    return static_cast<double>(count) / kSimulatedRuns;
}

struct Looks : testing::TestWithParam<Spread> {};

}  // namespace

TEST(ErrorAt, all_looks_together_have_the_familys_error) {
    for (size_t looks = 1; looks <= 4; looks++) {
        double sum = 0;
        for (size_t i = 0; i < looks; i++) sum += error_at(i, looks);
        EXPECT_DOUBLE_EQ(sum, kFamilyError);
    }
    EXPECT_DOUBLE_EQ(error_at(0, 1), 0.05);
    EXPECT_DOUBLE_EQ(error_at(0, 3), 0.005);
    EXPECT_DOUBLE_EQ(error_at(2, 3), 0.04);
}

/// A little beyond delta, or short of it: a verdict is wrong as seldom as promised.
TEST_P(Looks, the_family_is_wrong_at_most_as_often_as_it_says) {
    EXPECT_LE(share_of(GetParam(), kDelta * 1.01,
                       [](const Ended& ended) {
                           return std::any_of(ended.arms.begin(), ended.arms.end(),
                                              [](const Judged& arm) {
                                                  return arm.decided && arm.interval.low <= kDelta;
                                              });
                       }),
              0.05);
    EXPECT_LE(share_of(GetParam(), kDelta * 0.99,
                       [](const Ended& ended) {
                           return std::any_of(
                               ended.arms.begin(), ended.arms.end(),
                               [](const Judged& arm) { return arm.interval.low > kDelta; });
                       }),
              0.05);
}

/// Where effects are large a run ends early; its intervals all hold the truth in 19 of 20 runs.
TEST_P(Looks, intervals_of_a_run_that_ended_early_hold_the_truth_together) {
    constexpr double truth = -0.3;
    EXPECT_LE(share_of(GetParam(), truth,
                       [&](const Ended& ended) {
                           return std::any_of(ended.arms.begin(), ended.arms.end(),
                                              [&](const Judged& arm) {
                                                  return arm.interval.low > truth + 1e-12 ||
                                                         arm.interval.high < truth - 1e-12;
                                              });
                       }),
              0.05);
}

TEST_P(Looks, a_large_effect_ends_a_run_at_the_first) {
    EXPECT_GE(share_of(GetParam(), -0.3, [](const Ended& ended) { return ended.rounds == 3; }),
              0.9);
}

/// Three rounds without any spread show none of the spread that there may be.
TEST_P(Looks, equal_arms_are_never_the_same_after_few_rounds) {
    EXPECT_EQ(share_of(GetParam(), 0, [](const Ended& ended) { return ended.rounds < 9; }), 0);
}

INSTANTIATE_TEST_SUITE_P(Spreads, Looks, testing::ValuesIn(kSpreads), [](const auto& spread) {
    std::string name = spread.param.name;
    std::replace(name.begin(), name.end(), ' ', '_');
    return name;
});

}  // namespace rxlab
