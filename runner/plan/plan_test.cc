// SPDX-License-Identifier: GPL-2.0
#include "plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <set>

#include "base/error.h"
#include "experiment/test_words.h"

namespace rxlab {
namespace {

Experiment sample() {
    return parse_experiment(test::kValid, "sample.json", test::words());
}

/// One line per trial.
std::string table(const Plan& plan) {
    std::string lines;
    for (const Trial& trial : plan.trials)
        lines += fmt::format("{} {} round {} boot {} phase {} {}\n", trial.id, trial.arm,
                             trial.round, trial.boot_seed, trial.phase,
                             trial.factors.at("budget").at("packets").dump());
    return lines;
}

std::string refused(const Experiment& experiment, const PlanOptions& options) {
    try {
        make_plan(experiment, options);
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        return std::string(error.what()) + " | " + error.next();
    }
    return "made";
}

TEST(CountedPlan, nests_phases_in_boot_seeds_and_keeps_a_boot_together) {
    EXPECT_EQ(table(make_plan(sample(), {.lane = Lane::counted})),
              "0 none round 0 boot 1852335428 phase 0 16\n"
              "1 none round 0 boot 1852335428 phase 0 300\n"
              "2 xdp round 0 boot 1852335428 phase 0 16\n"
              "3 xdp round 0 boot 1852335428 phase 0 300\n"
              "4 none round 1 boot 1852335428 phase 1 16\n"
              "5 none round 1 boot 1852335428 phase 1 300\n"
              "6 xdp round 1 boot 1852335428 phase 1 16\n"
              "7 xdp round 1 boot 1852335428 phase 1 300\n"
              "8 other round 0 boot 1852335435 phase 0 16\n"
              "9 other round 0 boot 1852335435 phase 0 300\n"
              "10 other round 1 boot 1852335435 phase 1 16\n"
              "11 other round 1 boot 1852335435 phase 1 300\n"
              "12 none round 2 boot 639244526 phase 0 16\n"
              "13 none round 2 boot 639244526 phase 0 300\n"
              "14 xdp round 2 boot 639244526 phase 0 16\n"
              "15 xdp round 2 boot 639244526 phase 0 300\n"
              "16 none round 3 boot 639244526 phase 1 16\n"
              "17 none round 3 boot 639244526 phase 1 300\n"
              "18 xdp round 3 boot 639244526 phase 1 16\n"
              "19 xdp round 3 boot 639244526 phase 1 300\n"
              "20 other round 2 boot 639244533 phase 0 16\n"
              "21 other round 2 boot 639244533 phase 0 300\n"
              "22 other round 3 boot 639244533 phase 1 16\n"
              "23 other round 3 boot 639244533 phase 1 300\n");
}

/// The sample has two boot seeds of two phases.
TEST(CountedPlan, is_looked_at_after_whole_boot_seeds_before_its_last) {
    Experiment experiment = sample();
    EXPECT_THAT(make_plan(experiment, {}).looks, testing::IsEmpty());
    experiment.rounds.boot_seeds = 4;
    EXPECT_THAT(make_plan(experiment, {}).looks, testing::ElementsAre(6));
    experiment.rounds.boot_seeds = 9;
    EXPECT_THAT(make_plan(experiment, {}).looks, testing::ElementsAre(6, 10));
}

TEST(CountedPlan, that_is_told_its_rounds_or_to_take_all_has_no_looks) {
    Experiment experiment = sample();
    experiment.rounds.boot_seeds = 9;
    EXPECT_THAT(make_plan(experiment, {.rounds = 9}).looks, testing::IsEmpty());
    EXPECT_THAT(make_plan(experiment, {.full = true}).looks, testing::IsEmpty());
    EXPECT_THAT(make_plan(experiment, {.lane = Lane::timed}).looks, testing::IsEmpty());
}

TEST(CountedPlan, gives_every_arm_of_a_round_the_same_seeds) {
    std::map<int, std::set<uint64_t>> seeds, boots;
    for (const Trial& trial : make_plan(sample(), {}).trials) {
        seeds[trial.round].insert(trial.seed);
        boots[trial.round].insert(trial.boot_seed - trial.boot.seed_offset);
    }
    ASSERT_EQ(seeds.size(), 4u);
    std::set<uint64_t> distinct;
    for (const auto& [round, some] : seeds) {
        EXPECT_EQ(some.size(), 1u);
        EXPECT_EQ(boots[round].size(), 1u);
        distinct.insert(*some.begin());
    }
    EXPECT_EQ(distinct.size(), 4u);
}

TEST(CountedPlan, visits_each_boot_once) {
    Experiment experiment = sample();
    experiment.rounds = {.boot_seeds = 5, .phases = 3};
    std::set<std::pair<uint64_t, std::string>> left;
    std::pair<uint64_t, std::string> current{0, "none"};
    for (const Trial& trial : make_plan(experiment, {}).trials) {
        const std::pair boot(trial.boot_seed, trial.boot.cmdline);
        if (boot == current) continue;
        EXPECT_TRUE(left.insert(boot).second);
        current = boot;
    }
    EXPECT_EQ(left.size(), 10u);
}

TEST(CountedPlan, follows_the_seed) {
    const Plan one = make_plan(sample(), {.seed = 1}), two = make_plan(sample(), {.seed = 2});
    EXPECT_EQ(to_json(one), to_json(make_plan(sample(), {.seed = 1})));
    EXPECT_NE(one.trials[0].seed, two.trials[0].seed);
    EXPECT_NE(one.trials[0].boot_seed, two.trials[0].boot_seed);
}

TEST(TimedPlan, shuffles_each_round) {
    EXPECT_EQ(table(make_plan(sample(), {.lane = Lane::timed, .target = "host", .rounds = 2})),
              "0 xdp round 0 boot 1852335428 phase 0 16\n"
              "1 xdp round 0 boot 1852335428 phase 0 300\n"
              "2 other round 0 boot 1852335435 phase 0 300\n"
              "3 other round 0 boot 1852335435 phase 0 16\n"
              "4 none round 0 boot 1852335428 phase 0 300\n"
              "5 none round 0 boot 1852335428 phase 0 16\n"
              "6 other round 1 boot 1852335435 phase 0 16\n"
              "7 xdp round 1 boot 1852335428 phase 0 300\n"
              "8 none round 1 boot 1852335428 phase 0 16\n"
              "9 xdp round 1 boot 1852335428 phase 0 16\n"
              "10 other round 1 boot 1852335435 phase 0 300\n"
              "11 none round 1 boot 1852335428 phase 0 300\n");
}

TEST(TimedPlan, has_every_arm_and_combination_in_every_round) {
    std::map<int, std::set<std::string>> rounds;
    for (const Trial& trial : make_plan(sample(), {.lane = Lane::timed, .rounds = 30}).trials)
        EXPECT_TRUE(rounds[trial.round].insert(trial.arm + Json(trial.factors).dump()).second);
    ASSERT_EQ(rounds.size(), 30u);
    for (const auto& [round, cells] : rounds) EXPECT_EQ(cells.size(), 6u);
}

TEST(TimedPlan, grows_by_rounds_without_changing_the_earlier_ones) {
    const Plan some = make_plan(sample(), {.lane = Lane::timed, .rounds = 10});
    const Plan more = make_plan(sample(), {.lane = Lane::timed, .rounds = 40});
    for (size_t i = 0; i < some.trials.size(); i++)
        EXPECT_EQ(to_json(some.trials[i]), to_json(more.trials[i]));
}

TEST(Plan, takes_rounds_as_written_for_its_lane) {
    const auto rounds = [](PlanOptions options) {
        std::set<int> seen;
        for (const Trial& trial : make_plan(sample(), options).trials) seen.insert(trial.round);
        return seen.size();
    };
    EXPECT_EQ(rounds({.lane = Lane::counted}), 4u);
    EXPECT_EQ(rounds({.lane = Lane::timed}), 3u);
    EXPECT_EQ(rounds({.lane = Lane::functional}), 1u);
    EXPECT_EQ(rounds({.lane = Lane::counted, .rounds = 3}), 3u);
    EXPECT_EQ(rounds({.lane = Lane::functional, .rounds = 9}), 9u);
}

/// The rounds of a plan whose trials have probes.
std::set<int> probed(const Experiment& experiment, Lane lane) {
    std::set<int> rounds;
    for (const Trial& trial : make_plan(experiment, {.lane = lane}).trials)
        if (trial.probes) rounds.insert(trial.round);
    return rounds;
}

TEST(Plan, gives_probes_a_window_in_the_first_rounds_of_the_counted_lane) {
    Experiment experiment = sample();
    experiment.primary = {"instructions_per_packet"};
    EXPECT_EQ(probed(experiment, Lane::counted), (std::set{0, 1, 2}));
    EXPECT_EQ(probed(experiment, Lane::timed), (std::set{0, 1, 2}));  // there are three
    experiment.rounds.probe_rounds = 1;
    EXPECT_EQ(probed(experiment, Lane::counted), std::set{0});
    EXPECT_EQ(probed(experiment, Lane::timed), std::set{0});
}

TEST(Plan, gives_a_probe_that_is_judged_or_shown_of_every_arm_a_window_in_every_round) {
    Experiment experiment = sample();
    experiment.rounds.probe_rounds = 1;
    EXPECT_EQ(probed(experiment, Lane::counted).size(), 4u);
    experiment.secondary = std::exchange(experiment.primary, {"instructions_per_packet"});
    EXPECT_EQ(probed(experiment, Lane::counted).size(), 4u);
    experiment.collectors = {"softnet", "bpftrace:softirq"};
    EXPECT_EQ(probed(experiment, Lane::counted).size(), 1u);
}

TEST(Plan, resolves_arms_over_the_experiment_and_fills_factors_in) {
    const Plan plan = make_plan(sample(), {.lane = Lane::functional});
    std::map<std::string, Trial> first;
    for (const Trial& trial : plan.trials) first.try_emplace(trial.arm, trial);
    EXPECT_EQ(first["none"].setup, Json({{"link", {{"kind", "dummy"}, {"name", "shared0"}}}}));
    EXPECT_FALSE(first["xdp"].setup.contains("link"));
    EXPECT_EQ(first["xdp"].setup["xdp"]["program"], "xdp_port_drop");
    EXPECT_EQ(first["other"].traffic,
              Json({{"kind", "pktgen"}, {"packets", 1000}, {"udp_dst_port", 9}}));
    EXPECT_EQ(first["none"].knobs["sysctl:net.core.netdev_budget"], 16);
    EXPECT_EQ(first["other"].boot.cmdline, "rxlab.pad=x");
    EXPECT_THAT(first["other"].expect, testing::ElementsAre("conservation"));
    EXPECT_EQ(first["none"].lane, Lane::functional);
}

TEST(Plan, takes_the_brief_part_unless_it_is_asked_for_all) {
    Experiment experiment = sample();
    const size_t all = make_plan(experiment, {}).trials.size();
    experiment.brief.arms = {"xdp"};
    experiment.brief.factors["budget"] = {{{"packets", 300}, {"usecs", 2000}}};
    std::set<std::string> arms;
    for (const Trial& trial : make_plan(experiment, {}).trials) {
        arms.insert(trial.arm);
        EXPECT_EQ(trial.factors.at("budget").at("packets"), 300);
    }
    EXPECT_EQ(arms, (std::set<std::string>{"none", "xdp"}));
    EXPECT_EQ(make_plan(experiment, {.full = true}).trials.size(), all);
    EXPECT_EQ(make_plan(experiment, {.arms = {"other"}}).trials.back().arm, "other");
}

TEST(Plan, adds_the_baseline_to_the_arms_asked_for) {
    std::set<std::string> arms;
    const Plan whole = make_plan(sample(), {}), part = make_plan(sample(), {.arms = {"xdp"}});
    for (const Trial& trial : part.trials) arms.insert(trial.arm);
    EXPECT_THAT(arms, testing::ElementsAre("none", "xdp"));
    EXPECT_EQ(whole.trials[0].seed, part.trials[0].seed);
}

TEST(Plan, names_the_nearest_arm) {
    EXPECT_EQ(refused(sample(), {.arms = {"xpd"}}), "sample: no arm 'xpd' | did you mean 'xdp'?");
    EXPECT_EQ(refused(sample(), {.arms = {"elephant"}}),
              "sample: no arm 'elephant' | its arms: none, xdp, other");
}

TEST(Plan, refuses_a_lane_the_experiment_does_not_have) {
    Experiment experiment = sample();
    experiment.lanes = {Lane::counted, Lane::functional};
    EXPECT_EQ(refused(experiment, {.lane = Lane::timed}),
              "sample: does not run in the timed lane | its lanes: counted, functional");
}

TEST(Plan, refuses_what_nobody_could_run) {
    Experiment experiment = sample();
    for (char name = 'a'; name < 'z'; name++)
        experiment.factors.push_back({std::string(1, name), {1, 2, 3, 4}});
    EXPECT_EQ(refused(experiment, {}),
              "sample: more than 100000 trials | fewer rounds, arms or factor values");
}

TEST(LeaveOut, takes_out_what_the_machine_lacks_for_a_trial) {
    const Experiment experiment = sample();
    Plan plan = make_plan(experiment, {});
    const std::string last = experiment.arms.back().name;
    leave_out_arms(plan, experiment, "6.12",
                   [&](const Trial& trial) { return trial.arm == last ? "no such device" : ""; });
    EXPECT_EQ(plan.left_out, std::vector<std::string>{last + " is left out: no such device"});
    for (const Trial& trial : plan.trials) EXPECT_NE(trial.arm, last);
    EXPECT_THROW(leave_out_arms(plan, experiment, "6.12", [](const Trial&) { return "nothing"; }),
                 Error);
}

TEST(LeaveOut, takes_out_arms_that_need_a_later_kernel_and_says_so) {
    Experiment experiment = sample();
    experiment.arms.back().needs.kernel = "6.7";
    Plan plan = make_plan(experiment, {});
    const size_t whole = plan.trials.size();
    leave_out_arms(plan, experiment, "6.12.117+deb12-amd64");
    leave_out_arms(plan, experiment, "");
    EXPECT_EQ(plan.trials.size(), whole);
    leave_out_arms(plan, experiment, "6.1.0-56-amd64");
    EXPECT_LT(plan.trials.size(), whole);
    for (const Trial& trial : plan.trials) EXPECT_NE(trial.arm, experiment.arms.back().name);
    EXPECT_EQ(plan.left_out, std::vector<std::string>{
                                 experiment.arms.back().name +
                                 " is left out: it needs kernel 6.7, this is 6.1.0-56-amd64"});
}

TEST(CountedPlan, fills_factors_into_the_boot_and_keeps_each_machines_trials_together) {
    Experiment experiment = sample();
    experiment.boot = {{"machine", "q35"}, {"cmdline", "$budget.boot"}};
    experiment.factors = {
        {"budget", {Json{{"packets", 1}, {"boot", "a=1"}}, Json{{"packets", 2}, {"boot", "b=1"}}}}};
    experiment.arms.back().boot = {{"kernel", "6.1"}};
    const Plan plan = make_plan(experiment, {.rounds = 1});
    std::string boots;
    for (const Trial& trial : plan.trials)
        boots += fmt::format("{} {} {} {}\n", trial.arm, trial.boot.machine, trial.boot.cmdline,
                             trial.boot.kernel);
    EXPECT_EQ(boots,
              "none q35 a=1 \nxdp q35 a=1 \nnone q35 b=1 \nxdp q35 b=1 \nother q35 a=1 6.1\nother "
              "q35 b=1 6.1\n");
    EXPECT_EQ(trial_from_json(to_json(plan.trials.back())).boot, plan.trials.back().boot);
}

TEST(CountedPlan, keeps_trials_together_by_what_their_kinds_add_to_the_boot) {
    const auto add = [](Trial& trial) {
        if (trial.arm == "xdp") trial.boot.devices = {"nic:e1000e"};
    };
    std::vector<std::string> boots;
    for (const Trial& trial : make_plan(sample(), {.complete = add}).trials) {
        const std::string boot = boot_of(trial).second + std::to_string(trial.boot_seed);
        if (boots.empty() || boots.back() != boot) boots.push_back(boot);
        EXPECT_EQ(trial.boot.devices.size(), trial.arm == "xdp" ? 1u : 0u);
    }
    EXPECT_EQ(boots.size(), std::set(boots.begin(), boots.end()).size()) << "each boot once";
}

TEST(LeaveOut, asks_the_kernel_that_an_arm_boots) {
    Experiment experiment = sample();
    experiment.arms.back().boot = {{"kernel", "6.1"}};
    experiment.arms.back().needs.kernel = "6.7";
    Plan plan = make_plan(experiment, {});
    leave_out_arms(plan, experiment, "6.12.117+deb12-amd64");
    EXPECT_EQ(plan.left_out,
              std::vector<std::string>{experiment.arms.back().name +
                                       " is left out: it needs kernel 6.7, this is 6.1"});
}

TEST(LeaveOut, takes_out_arms_that_need_another_target) {
    Experiment experiment = sample();
    const Arm plain = experiment.arms.back();
    experiment.arms.back().needs.target = "vm";
    experiment.arms.push_back(plain);
    experiment.arms.back().name = "booted";
    experiment.arms.back().boot = {{"cmdline", "quiet"}};
    experiment.arms.push_back(plain);
    experiment.arms.back().name = "anywhere";
    experiment.arms.back().boot = Json::object();
    Plan plan = make_plan(experiment, {.lane = Lane::timed, .target = "host"});
    leave_out_arms(plan, experiment, "6.12");
    EXPECT_EQ(plan.left_out, (std::vector<std::string>{
                                 plain.name + " is left out: it needs target vm, this is host",
                                 "booted is left out: it needs target vm, this is host"}));
    Plan whole = make_plan(experiment, {.lane = Lane::timed});
    leave_out_arms(whole, experiment, "6.12");
    EXPECT_TRUE(whole.left_out.empty());
}

TEST(LeaveOut, takes_out_the_factors_at_which_the_baseline_cannot_run) {
    Experiment experiment = sample();
    experiment.factors = {{"path", {"real", "own"}}};
    Plan plan = make_plan(experiment, {});
    const size_t whole = plan.trials.size();
    const auto lacking = [](const Trial& trial) {
        return std::string(trial.factors.at("path") == "real" ? "it has no such device" : "");
    };
    leave_out_arms(plan, experiment, "6.12", lacking);
    EXPECT_EQ(plan.left_out,
              (std::vector<std::string>{"path=real is left out: it has no such device"}));
    EXPECT_EQ(plan.trials.size(), whole / 2);
    for (const Trial& trial : plan.trials) EXPECT_EQ(trial.factors.at("path"), "own");
}

TEST(LeaveOut, refuses_a_plan_with_nothing_to_compare) {
    Experiment experiment = sample();
    for (Arm& arm : experiment.arms) arm.needs.kernel = arm.baseline ? "" : "6.7";
    Plan plan = make_plan(experiment, {});
    EXPECT_THROW(leave_out_arms(plan, experiment, "6.1.0"), Error);
    for (Arm& arm : experiment.arms) arm.needs.kernel = arm.baseline ? "6.7" : "";
    plan = make_plan(experiment, {});
    EXPECT_THROW(leave_out_arms(plan, experiment, "6.1.0"), Error);
}

TEST(TrialJson, round_trips) {
    for (Lane lane : {Lane::counted, Lane::timed, Lane::functional})
        for (const Trial& trial : make_plan(sample(), {.lane = lane, .seed = UINT64_MAX}).trials) {
            const Json json = to_json(trial);
            EXPECT_EQ(to_json(trial_from_json(Json::parse(json.dump()))), json);
        }
}

TEST(TrialJson, refuses_what_is_no_trial) {
    const Json whole = to_json(make_plan(sample(), {}).trials[0]);
    for (const auto& [key, value] : whole.items()) {
        Json less = whole;
        less.erase(key);
        if (key == "probes")  // before there was a choice
            EXPECT_TRUE(trial_from_json(less).probes);
        else
            EXPECT_THROW(trial_from_json(less), Error) << key;
    }
    EXPECT_THROW(trial_from_json(nullptr), Error);
    EXPECT_THROW(trial_from_json({{"id", "x"}}), Error);
}

TEST(Lane, has_a_name_both_ways) {
    for (Lane lane : {Lane::counted, Lane::timed, Lane::functional})
        EXPECT_EQ(lane_from(to_string(lane)), lane);
    EXPECT_EQ(lane_from("count"), std::nullopt);
}

}  // namespace
}  // namespace rxlab
