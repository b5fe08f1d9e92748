// SPDX-License-Identifier: GPL-2.0
#include "campaign/pace.h"

#include "base/error.h"
#include "result/test_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>

namespace rxlab {
namespace {

/// Four rounds of two arms; the first two rounds have probes and took 20 s a trial, the others 4 s.
Result ran() {
    Result result = test_result(
        test_experiment({"plain", "native"}), [](const std::string&, int) { return 1; },
        Lane::counted, 4);
    const auto probe = [](Trial& trial) {
        trial.collectors = {"napi"};
        trial.probes = trial.round < 2;
    };
    for (Trial& trial : result.plan.trials) probe(trial);
    for (Observation& observation : result.observations) {
        probe(observation.trial);
        observation.wall_s = observation.trial.probes ? 20 : 4;
    }
    return result;
}

TEST(Pace, is_what_the_trials_and_boots_of_the_last_run_took) {
    const Json book = learnt(Json::object(), "x counted", ran(), {10, 14}, "2026-11-29");
    const Pace pace = pace_from(book, "x counted");
    EXPECT_EQ(pace.plain_s, 4);
    EXPECT_EQ(pace.probed_s, 20);
    EXPECT_EQ(pace.boot_s, 12);
    EXPECT_EQ(pace.day, "2026-11-29");
}

TEST(Pace, keeps_what_a_run_does_not_tell_and_what_others_took) {
    Json book = learnt(Json::object(), "x counted", ran(), {10}, "2026-11-28");
    book = learnt(book, "y counted", ran(), {30}, "2026-11-28");
    Result warm = ran();
    std::erase_if(warm.observations, [](const Observation& o) { return o.trial.probes; });
    for (Observation& observation : warm.observations) observation.wall_s = 6;
    book = learnt(book, "x counted", warm, {}, "2026-11-29");
    EXPECT_EQ(pace_from(book, "x counted").plain_s, 6);
    EXPECT_EQ(pace_from(book, "x counted").probed_s, 20);
    EXPECT_EQ(pace_from(book, "x counted").boot_s, 10);
    EXPECT_EQ(pace_from(book, "y counted").boot_s, 30);
}

TEST(Pace, of_no_run_is_a_guess) {
    EXPECT_EQ(pace_from(Json::object(), "x counted").day, "");
    EXPECT_GT(pace_from(Json::object(), "x counted").boot_s, 0);
}

TEST(Pace, of_a_damaged_book_is_refused) {
    for (const char* book :
         {"3", "[]", R"({"x": 3})", R"({"x": {"plain_s": -1}})", R"({"x": {"boot_s": "ten"}})",
          R"({"x": {"day": 7}})", R"({"x": {"probed_s": 0}})", R"({"x": {"boot_s": 1e300}})"})
        EXPECT_THROW(pace_from(Json::parse(book), "x"), Error) << book;
}

TEST(Pace, damaged_rows_of_other_experiments_say_nothing) {
    for (const char* row : {"3", R"({"plain_s": -1})", R"({"plain_s": 90, "boot_s": "ten"})",
                            R"({"plain_s": 90, "day": 7})"}) {
        Json book = {{"a counted vm", Json::parse(row)}};
        EXPECT_EQ(pace_from(book, "new counted vm").others, 0u) << row;
        book["b counted vm"] = {{"plain_s", 3}};
        EXPECT_EQ(pace_from(book, "new counted vm").others, 1u) << row;
        EXPECT_EQ(pace_from(book, "new counted vm").plain_s, 3) << row;
    }
}

TEST(Pace, of_an_experiment_that_never_ran_is_the_median_of_the_others) {
    const Json book = Json::parse(R"({
        "a counted vm": {"plain_s": 2, "boot_s": 9, "day": "2026-11-29"},
        "b counted vm": {"plain_s": 3, "probed_s": 4, "day": "2026-11-28"},
        "c counted vm": {"plain_s": 30, "day": "2026-11-28"},
        "a functional vm": {"plain_s": 70, "day": "2026-11-29"}})");
    const Pace pace = pace_from(book, "new counted vm");
    EXPECT_EQ(pace.plain_s, 3);
    EXPECT_EQ(pace.probed_s, 4);
    EXPECT_EQ(pace.boot_s, 9);
    EXPECT_EQ(pace.others, 3u);
    EXPECT_THAT(in_words(forecast(ran().plan, pace, 1)),
                testing::HasSubstr(", a guess by 3 other experiments"));
    EXPECT_EQ(pace_from(book, "new timed host").others, 0u) << "none ran there";
    EXPECT_EQ(pace_from(book, "new timed host").plain_s, Pace().plain_s);
}

TEST(Forecast, shares_the_trials_and_boots_among_the_workers) {
    const Pace pace{4, 20, 12, "2026-11-29"};
    const Plan plan = ran().plan;
    const Forecast ahead = forecast(plan, pace, 2);
    EXPECT_EQ(ahead.trials, 8u);
    EXPECT_EQ(ahead.trials_s, (4 * 20 + 4 * 4) / 2.0);
    EXPECT_EQ(ahead.boots_s, static_cast<double>(ahead.boots) * 12 / 2);
    EXPECT_THAT(in_words(ahead), testing::StartsWith("8 trials by 2 workers: about 48 s, as on "
                                                     "2026-11-29; "));
    Plan host = plan;
    host.target = "host";
    EXPECT_EQ(in_words(forecast(host, Pace(), 1)),
              "8 trials by 1 worker: about 80 s, a guess for a first run");
}

TEST(Forecast, words_of_a_duration_round_up) {
    EXPECT_EQ(duration_words(0.2), "1 s");
    EXPECT_EQ(duration_words(89), "89 s");
    EXPECT_EQ(duration_words(91), "2 min");
    EXPECT_EQ(duration_words(3600), "60 min");
    EXPECT_EQ(duration_words(7800), "2 h 10 min");
}

TEST(Remaining, goes_by_how_fast_this_run_is_and_by_what_trials_weigh) {
    const Result result = ran();
    Remaining remaining(result.plan, {4, 20, 12, ""}, 1);
    double left = 0;
    for (size_t i = 0; i < 4; i++)  // the four with probes, at half the pace: 160 s
        left = remaining.observed(result.plan.trials[i], 40.0 * static_cast<double>(i + 1));
    EXPECT_NEAR(left, 4 * 4 * (160 + 9.6) / (80 + 9.6), 1e-9);
    for (size_t i = 4; i < 8; i++) left = remaining.observed(result.plan.trials[i], 200);
    EXPECT_EQ(left, 0);
}

TEST(Remaining, goes_by_the_pace_while_little_is_done) {
    const Result result = ran();
    Remaining remaining(result.plan, {4, 20, 12, ""}, 2);
    const double left = remaining.observed(result.plan.trials[0], 130);  // two minutes of boot
    EXPECT_LT(left, 76.0 / 20 * 130);
    EXPECT_GT(left, 76.0 / 2);
}

TEST(Forecast, of_a_plan_with_looks_is_up_to_the_first_and_says_the_most) {
    Plan plan = ran().plan;
    plan.target = "host";
    plan.looks = {1};
    const Forecast ahead = forecast(plan, Pace(), 1);
    EXPECT_LT(ahead.trials, 8u);
    EXPECT_EQ(ahead.most_trials, 8u);
    EXPECT_EQ(in_words(ahead),
              "2 trials by 1 worker: about 30 s, a guess for a first run; 8 trials, about 80 s, "
              "where these do not decide");
}

TEST(Remaining, of_a_plan_with_looks_is_until_the_next) {
    Plan plan = ran().plan;
    plan.looks = {1};
    std::stable_sort(plan.trials.begin(), plan.trials.end(),
                     [](const Trial& a, const Trial& b) { return a.round < b.round; });
    Remaining remaining(plan, {4, 4, 12, ""}, 1);
    EXPECT_GT(remaining.observed(plan.trials[0], 4), 0);
    EXPECT_EQ(remaining.observed(plan.trials[1], 8), 0) << "its first look";
    EXPECT_GT(remaining.observed(plan.trials[2], 12), 0) << "which did not decide";
}

TEST(Remaining, leaves_out_what_an_earlier_run_observed) {
    const Result result = ran();
    Remaining remaining(result.plan, {4, 20, 12, ""}, 1);
    for (size_t i = 0; i < 6; i++) remaining.resumed(result.plan.trials[i]);
    EXPECT_NEAR(remaining.observed(result.plan.trials[6], 5), 4 * (5 + 9.6) / (4 + 9.6), 1e-9);
}

}  // namespace
}  // namespace rxlab
