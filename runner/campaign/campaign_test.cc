// SPDX-License-Identifier: GPL-2.0
#include "campaign/campaign.h"
#include "base/test_folder.h"

#include "campaign/fake_executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <fstream>
#include <sstream>

namespace rxlab {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string contents(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

double reading(const std::string& arm, int round) {
    return (arm == "plain" ? 1000 : 500) + round;
}

/// Every event in words.
struct Words {
    std::string operator()(const happened::LeftOut& e) { return "left out: " + e.reason; }
    std::string operator()(const happened::Warning& e) { return "warning: " + e.text; }
    std::string operator()(const happened::Resumed& e) {
        return fmt::format("resumed {}/{}", e.observations.size(), e.planned);
    }
    std::string operator()(const happened::Booted& e) {
        return fmt::format("booted in {} s", e.seconds);
    }
    std::string operator()(const happened::Note& e) { return e.text; }
    std::string operator()(const happened::Observed& e) {
        return fmt::format("observed {} {}/{}", e.observation.trial.id, e.observed, e.planned);
    }
    std::string operator()(const happened::Console& e) { return e.text; }
    std::string operator()(const happened::Counted& e) {
        return fmt::format("counted {} of {}", total(e.executed.stacks), e.observation.trial.id);
    }
};

class CampaignTest : public testing::Test {
protected:
    CampaignTest() {
        request.experiment = test_experiment({"plain", "native"});
        request.plan = make_plan(request.experiment, {.rounds = 3});
        request.out = folder_.file("out");
        request.stamp = {{"rxlab_version", "v1"}, {"command", "make it"}};
    }

    Result run(const char* strategy = "whole_plan", const Json& parameters = Json::object()) {
        events.clear();
        return run_campaign(
            request, *make_strategy(strategy, parameters), executor,
            [this](const CampaignEvent& e) { events.push_back(std::visit(Words(), e)); });
    }

    /// A run that ends by an error. @returns its status
    Status run_in_vain(const char* strategy = "whole_plan") {
        try {
            run(strategy);
        } catch (const Error& error) {
            what = error.what();
            return error.status();
        }
        return Status::ok;
    }

    std::string store() const { return contents(request.out / "observations.jsonl"); }

    CampaignRequest request;
    FakeExecutor executor{reading};
    std::vector<std::string> events;
    std::string what;

private:
    const TestFolder folder_;
};

TEST_F(CampaignTest, observes_the_whole_plan_in_one_batch) {
    const Result result = run();
    EXPECT_THAT(executor.batches, ElementsAre(ElementsAre(0, 1, 2, 3, 4, 5)));
    EXPECT_EQ(result.observations.size(), 6u);
    EXPECT_TRUE(valid(result));
}

TEST_F(CampaignTest, gives_the_same_observations_in_whatever_order_they_end) {
    const Result forwards = run();
    request.out.clear();
    executor.backwards = true;
    executor.made.clear();
    const Result backwards = run();
    EXPECT_THAT(executor.made, ElementsAre(5, 4, 3, 2, 1, 0));
    for (size_t i = 0; i < 6; i++)
        EXPECT_EQ(to_json(forwards.observations[i]), to_json(backwards.observations[i]));
}

TEST_F(CampaignTest, tells_what_happens_as_it_happens) {
    run();
    ASSERT_EQ(events.size(), 25u);
    EXPECT_THAT(events[0], HasSubstr("warning: 3 independent rounds decide nothing"));
    EXPECT_THAT(std::vector(events.begin() + 1, events.begin() + 5),
                ElementsAre("note of 0", "console of 0", "observed 0 1/6", "counted 100 of 0"));
}

TEST_F(CampaignTest, stamps_its_provenance_completely_before_the_store_is_opened) {
    const Result result = run();
    EXPECT_EQ(result.provenance["rxlab_version"], "v1");
    EXPECT_EQ(result.provenance["kernel"]["release"], "6.12.117");
    const Json header = Json::parse(store().substr(0, store().find('\n')));
    EXPECT_EQ(header["provenance"]["rxlab_version"], "v1");
    EXPECT_EQ(header["provenance"]["kernel"]["release"], "6.12.117");
}

TEST_F(CampaignTest, does_not_go_on_with_what_another_rxlab_observed) {
    executor.fails_after = 2;
    EXPECT_EQ(run_in_vain(), Status::lost);
    executor.fails_after = -1;
    request.stamp["rxlab_version"] = "v2";
    EXPECT_EQ(run_in_vain(), Status::usage);
    EXPECT_THAT(what, HasSubstr("/rxlab_version differs"));
}

TEST_F(CampaignTest, goes_on_after_an_executor_that_failed_in_the_middle) {
    executor.fails_after = 4;
    EXPECT_EQ(run_in_vain(), Status::lost);
    EXPECT_EQ(what, "the machine is gone");
    EXPECT_FALSE(fs::exists(request.out / "result.json"));
    executor.fails_after = -1;
    const Result result = run();
    EXPECT_THAT(executor.batches.back(), ElementsAre(4, 5));
    EXPECT_THAT(events, Contains("resumed 4/6"));
    EXPECT_THAT(events, Contains("observed 5 6/6"));
    EXPECT_EQ(result.observations.size(), 6u);
}

TEST_F(CampaignTest, keeps_what_was_observed_when_it_is_interrupted) {
    executor.fails_after = 1;
    executor.failure = Status::interrupted;
    executor.backwards = true;
    EXPECT_EQ(run_in_vain(), Status::interrupted);
    executor.fails_after = -1;
    run();
    EXPECT_THAT(executor.batches.back(), ElementsAre(0, 1, 2, 3, 4)) << "trial 5 had ended";
}

TEST_F(CampaignTest, asks_for_nothing_again_once_all_is_observed) {
    const Result first = run();
    const Result again = run();
    EXPECT_EQ(executor.batches.size(), 1u);
    EXPECT_EQ(observations_sha256(first.observations), observations_sha256(again.observations));
}

TEST_F(CampaignTest, an_executor_that_gives_nothing_is_lost_and_not_asked_for_ever) {
    executor.silent = {2, 3};
    EXPECT_EQ(run_in_vain(), Status::lost);
    EXPECT_EQ(what, "2 trials gave no observation, the first is trial 2");
    EXPECT_EQ(executor.batches.size(), 1u);
}

TEST_F(CampaignTest, an_observation_of_another_trial_is_none) {
    struct Confused : FakeExecutor {
        using FakeExecutor::FakeExecutor;
        void run(const Plan& plan, const std::vector<Trial>&, const ExecutorEvents& told) override {
            told.observation(test_observation(plan.trials[5], 1));
        }
    } confused{reading};
    try {
        run_campaign(request, *make_strategy("single_trial", {{"trial", 4}}), confused,
                     [](const CampaignEvent&) {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::lost);
        EXPECT_STREQ(error.what(), "an observation of trial 5, which is not running");
    }
    EXPECT_THAT(store(), testing::Not(HasSubstr("metrics")));
}

TEST_F(CampaignTest, a_store_that_cannot_be_written_ends_it) {
    fs::create_directories(request.out);
    std::ofstream(request.out / "observations.jsonl") << "{\"rxlab_observations\": 99}\n";
    EXPECT_EQ(run_in_vain(), Status::usage);
    EXPECT_THAT(executor.batches, IsEmpty());
}

TEST_F(CampaignTest, without_a_folder_writes_no_file) {
    const fs::path out = request.out;
    request.out.clear();
    EXPECT_EQ(run("single_trial", {{"trial", 3}}).observations.size(), 1u);
    EXPECT_FALSE(fs::exists(out));
}

TEST_F(CampaignTest, leaves_out_an_arm_that_its_kernel_cannot_run) {
    request.experiment.arms[1].needs.kernel = "6.99";
    Arm third = request.experiment.arms[1];
    third.name = "third";
    third.needs = {};
    request.experiment.arms.push_back(third);
    request.plan = make_plan(request.experiment, {.rounds = 3});
    const Result result = run();
    EXPECT_THAT(events[0], HasSubstr("left out: native is left out"));
    EXPECT_EQ(result.observations.size(), 6u) << "of 9";
    EXPECT_EQ(result.plan.left_out.size(), 1u);
}

TEST_F(CampaignTest, leaves_out_an_arm_that_its_machine_lacks_something_for) {
    Arm third = request.experiment.arms[1];
    third.name = "third";
    request.experiment.arms.push_back(third);
    request.plan = make_plan(request.experiment, {.rounds = 3});
    executor.cannot = "third";
    const Result result = run();
    EXPECT_EQ(result.plan.left_out, std::vector<std::string>{"third is left out: no such device"});
    EXPECT_EQ(result.observations.size(), 6u) << "of 9";
}

TEST_F(CampaignTest, what_a_listener_throws_ends_it_and_the_observation_is_kept) {
    EXPECT_THROW(run_campaign(request, *make_strategy("whole_plan"), executor,
                              [](const CampaignEvent& e) {
                                  if (std::holds_alternative<happened::Observed>(e))
                                      throw Error(Status::invalid, "enough");
                              }),
                 Error);
    run();
    EXPECT_THAT(events, Contains("resumed 1/6"));
}

/// Wide at first, and narrow once there are enough rounds.
double settling(const std::string& arm, int round) {
    return arm == "plain" ? 1000 : 1000 + (round < 5 ? 100 : round % 2);
}

TEST_F(CampaignTest, a_stop_rule_decides_the_same_after_any_interruption) {
    request.experiment.primary = {"ns_per_packet"};
    request.experiment.mechanism = {"latency"};
    request.plan = make_plan(request.experiment, {.lane = Lane::timed, .rounds = 40});
    const fs::path out = request.out;
    request.out.clear();
    executor = FakeExecutor(settling);
    const std::vector<Observation> whole = run("until_precise").observations;
    ASSERT_GT(whole.size(), 20u) << "it went on";
    ASSERT_LT(whole.size(), 80u) << "and stopped";
    for (int cut = 1; cut < static_cast<int>(whole.size()); cut += 11) {
        request.out = out / std::to_string(cut);
        executor.made.clear();
        executor.fails_after = cut;
        EXPECT_EQ(run_in_vain("until_precise"), Status::lost);
        executor.fails_after = -1;
        EXPECT_EQ(observations_sha256(run("until_precise").observations),
                  observations_sha256(whole))
            << cut;
    }
}

TEST_F(CampaignTest, concludes_in_two_documents) {
    const Result result = run();
    const Comparison comparison = conclude(result, request.out, {});
    EXPECT_EQ(Json::parse(contents(request.out / "result.json"))["trials"].size(), 6u);
    EXPECT_EQ(Json::parse(contents(request.out / "comparison.json")), to_json(comparison));
}

}  // namespace
}  // namespace rxlab
