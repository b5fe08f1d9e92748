// SPDX-License-Identifier: GPL-2.0
// How good a search is, on machines that are made of numbers: does it find the best of a space, in
// how many trials, and does it ever proclaim what is luck? RXLAB_SEARCH_SEEDS=1000 for more seeds.
#include "campaign/campaign.h"
#include "campaign/fake_executor.h"
#include "compare/compare.h"
#include "tune/document.h"

#include <gtest/gtest.h>
#include <cmath>
#include <cstdlib>
#include <random>

namespace rxlab {
namespace {

/// 4 x 3 x 3 x 3 x 2 points.
const char* const kSimulated = R"({"name": "simulated", "knobs": {
    "/topology/handler": ["tasklet", "napi", "threaded_irq", "workqueue"],
    "/topology/tx_usecs": [0, 50, 200], "/topology/usecs": [0, 50, 200],
    "/topology/ring_bytes": [32768, 65536, 131072],
    "/knobs/sysctl:net.core.netdev_budget": [64, 300]}})";

/// How trials of a lane differ from their arm's true cost, in ln.
struct Noise {
    Lane lane;
    const char* metric;
    int rounds;
    double trial;    ///< SD of each trial
    double round;    ///< SD of a round, which all its trials share
    double hitch;    ///< by so much is one trial of twenty dearer
    double planted;  ///< by so much is the best point better than the next
};

/// Counted: what eight boots showed (0.05 %, nothing shared by a round), the best ahead by twice
/// what a verdict takes. Timed: assumed of two busy CPUs, the best ahead by what a claim
/// takes.
const Noise kCounted{Lane::counted, "instructions_per_packet", 9, 0.0005, 0, 0, 0.002};
const Noise kTimed{Lane::timed, "ns_per_packet", 12, 0.02, 0.05, 0.1, 0.05};

constexpr int kMostRounds = 40;

using Random = std::mt19937_64;

double normal(Random& random, double deviation) {
    return std::normal_distribution<double>(0, deviation)(random);
}

/// Each point's cost: every value of a knob has its effect, and every two values of two knobs have
/// another one together, which may be as great. One point is better than all of that.
std::vector<double> planted_costs(const Space& space, const std::vector<Point>& points,
                                  double planted, size_t best, Random& random) {
    std::map<std::string, double> effects;
    const auto effect = [&](const std::string& values, double deviation) {
        if (!effects.contains(values)) effects[values] = normal(random, deviation);
        return effects[values];
    };
    std::vector<double> costs;
    for (const Point& point : points) {
        double ln = 0;
        for (size_t i = 0; i < space.knobs.size(); i++) {
            const std::string one = space.knobs[i].name + point[i].dump();
            ln += effect(one, 0.03);
            for (size_t j = 0; j < i; j++)
                ln += effect(one + space.knobs[j].name + point[j].dump(), 0.02);
        }
        costs.push_back(1000 * std::exp(ln));
    }
    costs[best] = *std::min_element(costs.begin(), costs.end()) * std::exp(-planted);
    return costs;
}

/// A machine on which each point has its true cost, and the arm "now" another.
class Machine {
public:
    Machine(const Noise& noise, std::vector<double> costs, double now, Random& random)
        : noise_(noise), costs_(std::move(costs)), now_(now), random_(random) {
        for (double& round : rounds_) round = normal(random_, noise.round);
    }

    /// @param tuned the point that the arm of this name is
    Reading reading(size_t tuned = 0) {
        return [this, tuned](const std::string& arm, int round) {
            const bool now = arm == "now";
            const size_t point = arm == "tuned" ? tuned : now ? 0 : std::stoul(arm.substr(6));
            return (now ? now_ : costs_[point]) * std::exp(of_trial(round));
        };
    }

private:
    double of_trial(int round) {
        const bool hitch = std::bernoulli_distribution(0.05)(random_);
        return rounds_[static_cast<size_t>(round)] + normal(random_, noise_.trial) +
               (hitch ? noise_.hitch : 0);
    }

    const Noise& noise_;
    std::vector<double> costs_;
    double now_;
    Random& random_;
    double rounds_[kMostRounds] = {};
};

/// The second metric, where two decide.
constexpr const char* kAge = "frame_age.p50";
const Noise kAgeNoise{Lane::counted, kAge, 9, 0.02, 0, 0.1, 0};

Experiment simulated(const std::vector<std::string>& arms, const Noise& noise) {
    Experiment experiment = test_experiment(arms);
    experiment.primary = {noise.metric};
    experiment.rounds.boot_seeds = experiment.rounds.timed = noise.rounds;
    experiment.rounds.timed_max = kMostRounds;
    return experiment;
}

Result campaign(const Experiment& experiment, const PlanOptions& options, const Strategy& strategy,
                const Reading& reading, const Reading& age = {}) {
    FakeExecutor executor(reading);
    if (age)
        executor.more = [&](Observation& observation) {
            const Trial& trial = observation.trial;
            observation.metrics[kAge] = {age(trial.arm, trial.round), "instructions", "lower"};
        };
    return run_campaign({.experiment = experiment, .plan = make_plan(experiment, options)},
                        strategy, executor, [](const CampaignEvent&) {});
}

/// One arm beside the baseline as `rxlab run` runs them: it ends once all is decided, or the
/// intervals are narrow.
Result confirmation(const Noise& noise, const Reading& reading) {
    const bool counted = noise.lane == Lane::counted;
    return campaign(simulated({"now", "tuned"}, noise),
                    {.lane = noise.lane, .rounds = counted ? 0 : kMostRounds},
                    *make_strategy(counted ? "until_decided" : "until_precise"), reading);
}

/// A whole search as `rxlab tune` makes it: the race within its usual trials, then the winner
/// beside the baseline in rounds of its own.
Tuned search(const Noise& noise, const std::vector<double>& costs, double now, Random& random) {
    Tuned tuned;
    tuned.space = parse_space(kSimulated, "simulated.json");
    tuned.points = points_of(tuned.space);
    std::vector<std::string> arms{"now"};
    for (size_t i = 0; i < tuned.points.size(); i++) arms.push_back(arm_name(i));
    tuned.experiment = simulated(arms, noise);
    const RaceSize size{tuned.points.size(), 1, noise.rounds};
    tuned.race = {noise.metric};
    tuned.race = race_within(usual_trials(size, tuned.race), size, tuned.race);
    Machine machine(noise, costs, now, random);
    judge(tuned, campaign(tuned.experiment, {.lane = noise.lane, .full = true},
                          *make_strategy("racing", to_json(tuned.race)), machine.reading()));
    if (!tuned.winner) return tuned;
    Machine later(noise, costs, now, random);
    const Result proof = confirmation(noise, later.reading(*tuned.winner));
    tuned.proof = proof_of(proof, compare(proof), tuned.race, "tuned");
    return tuned;
}

/// Likewise where two metrics decide: then the points of the front. "now" is 1000 of both.
Tuned search_for_a_front(const std::vector<double>& costs, const std::vector<double>& ages,
                         Random& random) {
    Tuned tuned;
    tuned.space = parse_space(kSimulated, "simulated.json");
    tuned.points = points_of(tuned.space);
    std::vector<std::string> arms{"now"}, front{"now"};
    for (size_t i = 0; i < tuned.points.size(); i++) arms.push_back(arm_name(i));
    tuned.experiment = simulated(arms, kCounted);
    tuned.race = {.metric = kCounted.metric, .against = kAge};
    Machine cost(kCounted, costs, 1000, random), age(kAgeNoise, ages, 1000, random);
    judge(tuned,
          campaign(tuned.experiment, {.lane = Lane::counted, .full = true},
                   *make_strategy("racing", to_json(tuned.race)), cost.reading(), age.reading()));
    for (const FrontPoint& one : tuned.front) front.push_back(arm_name(one.point));
    if (tuned.front.empty()) return tuned;
    Experiment confirming = simulated(front, kCounted);
    confirming.primary.push_back(kAge);
    const Result proof = campaign(confirming, {.lane = Lane::counted},
                                  *make_strategy("until_decided"), cost.reading(), age.reading());
    const Comparison comparison = compare(proof);
    for (FrontPoint& one : tuned.front)
        one.proof = proof_of(proof, comparison, tuned.race, arm_name(one.point));
    return tuned;
}

int seeds() {
    const char* wanted = std::getenv("RXLAB_SEARCH_SEEDS");
    return wanted ? std::atoi(wanted) : 20;
}

/// Of the most rounds that any point took part in.
size_t exhaustive_trials(const Tuned& tuned) {
    int rounds = 0;
    for (const auto& standing : tuned.standings) rounds = std::max(rounds, standing->rounds);
    return (tuned.points.size() + 1) * static_cast<size_t>(rounds);
}

void expect_the_planted_best(const Noise& noise) {
    int found = 0, proclaimed = 0;
    double most = 0, all = 0;
    for (int seed = 0; seed < seeds(); seed++) {
        Random random(static_cast<uint64_t>(seed));
        const Space space = parse_space(kSimulated, "simulated.json");
        const std::vector<Point> points = points_of(space);
        ASSERT_EQ(points.size(), 216u);
        const size_t best = random() % points.size();
        const std::vector<double> costs = planted_costs(space, points, noise.planted, best, random);
        // It begins at a point in the middle: half of the others are better.
        std::vector<double> sorted = costs;
        std::sort(sorted.begin(), sorted.end());
        const Tuned tuned = search(noise, costs, sorted[sorted.size() / 2], random);
        const bool is_found = tuned.winner == best;
        found += is_found;
        proclaimed += is_found && tuned.proved();
        most = std::max(most, tuned.plan["trials"].get<double>());
        all = static_cast<double>(exhaustive_trials(tuned));
        EXPECT_LE(4 * tuned.plan["trials"].get<size_t>(), exhaustive_trials(tuned));
    }
    fmt::print(
        "{} lane: best of 216, {:.1f} % ahead: found in {} of {} seeds, proved in {}, "
        "at most {} of {} trials ({:.1f} %)\n",
        to_string(noise.lane), 100 * noise.planted, found, seeds(), proclaimed, most, all,
        100 * most / all);
    EXPECT_GE(20 * found, 19 * seeds());
    EXPECT_GE(20 * proclaimed, 19 * seeds());
}

void expect_no_winner_of_equals(const Noise& noise) {
    int lucky = 0, proclaimed = 0;
    for (int seed = 0; seed < seeds(); seed++) {
        Random random(static_cast<uint64_t>(seed));
        const Tuned tuned = search(noise, std::vector<double>(216, 1000), 1000, random);
        lucky += tuned.winner.has_value();
        proclaimed += tuned.proved();
    }
    fmt::print(
        "{} lane: 216 equal points: one led the search in {} of {} seeds, was proclaimed in "
        "{}\n",
        to_string(noise.lane), lucky, seeds(), proclaimed);
    EXPECT_GE(4 * lucky, 3 * seeds()) << "the test would show nothing";
    EXPECT_EQ(proclaimed, 0);
}

TEST(Targets, the_planted_best_is_found_with_a_quarter_of_all_trials_counted) {
    expect_the_planted_best(kCounted);
}

TEST(Targets, the_planted_best_is_found_with_a_quarter_of_all_trials_timed) {
    expect_the_planted_best(kTimed);
}

TEST(Targets, nothing_is_proclaimed_where_all_points_are_equal_counted) {
    expect_no_winner_of_equals(kCounted);
}

TEST(Targets, nothing_is_proclaimed_where_all_points_are_equal_timed) {
    expect_no_winner_of_equals(kTimed);
}

TEST(Targets, the_planted_front_of_two_metrics_is_found_and_proved) {
    int found = 0;
    size_t most = 0, all = 0;
    for (int seed = 0; seed < seeds(); seed++) {
        Random random(static_cast<uint64_t>(seed));
        std::vector<double> costs, ages;
        for (int i = 0; i < 216; i++) {  // no better than "now" in either
            costs.push_back(1020 + static_cast<double>(random() % 500));
            ages.push_back(1400 + static_cast<double>(random() % 5000));
        }
        const std::pair<double, double> planted[] = {{700, 1800}, {900, 800}, {1100, 500}};
        std::set<size_t> front, proved;
        while (front.size() < std::size(planted)) front.insert(random() % 216);
        for (size_t i = 0; const size_t point : front)
            std::tie(costs[point], ages[point]) = planted[i++];
        const Tuned tuned = search_for_a_front(costs, ages, random);
        for (const FrontPoint& one : tuned.front)
            if (one.proof->better() && one.proof->on_front) proved.insert(one.point);
        found += proved == front;
        most = std::max(most, tuned.plan["trials"].get<size_t>());
        all = exhaustive_trials(tuned);
        EXPECT_LE(4 * most, all);
    }
    fmt::print(
        "counted lane: front of 3 in 216: found and proved in {} of {} seeds, at most {} of "
        "{} trials\n",
        found, seeds(), most, all);
    EXPECT_GE(20 * found, 19 * seeds());
}

TEST(Targets, no_front_is_proclaimed_where_all_points_are_equal) {
    int led = 0, proclaimed = 0;
    for (int seed = 0; seed < seeds(); seed++) {
        Random random(static_cast<uint64_t>(seed));
        const std::vector<double> equal(216, 1000);
        const Tuned tuned = search_for_a_front(equal, equal, random);
        led += !tuned.front.empty();
        proclaimed += tuned.proved();
    }
    fmt::print(
        "counted lane: 216 equal points: a front led the search in {} of {} seeds, some of "
        "it was proclaimed in {}\n",
        led, seeds(), proclaimed);
    EXPECT_GE(4 * led, 3 * seeds()) << "the test would show nothing";
    EXPECT_EQ(proclaimed, 0);
}

}  // namespace
}  // namespace rxlab
