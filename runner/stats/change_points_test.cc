// SPDX-License-Identifier: GPL-2.0
#include "stats/change_points.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <cstdlib>
#include <random>

namespace rxlab {
namespace {

using Row = std::vector<double>;

Row levels(const std::vector<std::pair<size_t, double>>& parts) {
    Row row;
    for (const auto& [nights, level] : parts) row.insert(row.end(), nights, level);
    return row;
}

std::vector<size_t> places(const std::vector<ChangePoint>& found) {
    std::vector<size_t> at;
    for (const ChangePoint& point : found) at.push_back(point.at);
    return at;
}

using Places = std::vector<size_t>;

// --- worked examples ---

TEST(ChangePoints, finds_where_a_level_without_noise_changes) {
    const auto found = change_points(levels({{10, 1}, {6, 2}, {8, 0.5}}), {});
    ASSERT_EQ(places(found), (Places{10, 16}));
    EXPECT_DOUBLE_EQ(found[0].before, 1);
    EXPECT_DOUBLE_EQ(found[0].after, 2) << "to the next change, not to the end";
    EXPECT_DOUBLE_EQ(found[1].after, 0.5);
}

TEST(ChangePoints, needs_the_least_number_on_either_side) {
    EXPECT_TRUE(change_points(levels({{20, 1}, {3, 2}}), {}).empty());
    EXPECT_EQ(places(change_points(levels({{20, 1}, {4, 2}}), {})), Places{20});
    EXPECT_EQ(places(change_points(levels({{4, 1}, {4, 2}}), {})), Places{4});
    EXPECT_TRUE(change_points(levels({{7, 1}}), {}).empty());
    EXPECT_TRUE(change_points(Row{}, {}).empty());
}

TEST(ChangePoints, leaves_out_what_is_smaller_than_what_counts) {
    const Row row = levels({{20, 0}, {20, 0.019}});
    EXPECT_TRUE(change_points(row, {.magnitude = 0.02}).empty());
    EXPECT_EQ(places(change_points(row, {.magnitude = 0.018})), Places{20});
}

TEST(ChangePoints, takes_no_spike_for_a_change_however_high) {
    Row row = levels({{40, 1}});
    for (const size_t night : {5, 6, 20, 21, 22, 38, 39}) row[night] = 1000;
    EXPECT_TRUE(change_points(row, {}).empty());
}

TEST(ChangePoints, looks_at_the_last_ones_of_very_many) {
    EXPECT_EQ(places(change_points(levels({{1500, 1}, {10, 2}}), {})), Places{1500});
}

TEST(ChangePoints, are_sure_when_the_look_before_found_them_and_p_is_small) {
    const ChangePoint found{20, 0, 0, 1e-6}, weak{20, 0, 0, 5e-5};
    EXPECT_TRUE(is_sure(found, {{18, 0, 0, 1e-4}}, {}));
    EXPECT_FALSE(is_sure(found, {{17, 0, 0, 1e-4}}, {}));
    EXPECT_FALSE(is_sure(found, {}, {}));
    EXPECT_FALSE(is_sure(weak, {{20, 0, 0, 1e-5}}, {}));
}

TEST(ExactSteps, are_told_at_the_first_value) {
    const auto none_small = [](double level) { return 0.001 * level; };
    EXPECT_EQ(places(steps(levels({{9, 1000}, {1, 1002}}), none_small)), Places{9});
    EXPECT_TRUE(steps(levels({{9, 1000}, {5, 1000.9}}), none_small).empty());
    const auto there_and_back = steps(levels({{3, 1000}, {1, 1100}, {2, 1000}}), none_small);
    EXPECT_EQ(places(there_and_back), (Places{3, 4}));
    EXPECT_EQ(there_and_back[1].before, 1100);
    EXPECT_TRUE(steps(Row{}, none_small).empty());
}

TEST(ExactSteps, show_a_creep_of_many_small_ones) {
    Row creep;
    for (int night = 0; night < 12; night++) creep.push_back(1000 + 0.25 * night);
    EXPECT_EQ(places(steps(creep, [](double level) { return 0.001 * level; })), (Places{4, 9}))
        << "0.25 a night: 1000, 1001, 1002.25";
}

TEST(ExactSteps, from_nothing_to_something_is_one) {
    EXPECT_EQ(places(steps(Row{0, 0, 3}, [](double level) { return 0.001 * level; })), Places{2});
}

// --- promises, by simulation with fixed seeds: 4,000 series of 90 nights ---

constexpr int kSeries = 4000, kSteps = 2000;
constexpr size_t kNights = 90;

enum class Spikes { none, upwards, both_ways };

/// Of deviation 1; 3 % of the nights are 10 deviations away where there are spikes.
class Nights {
public:
    explicit Nights(Spikes spikes) : spikes_(spikes) {}
    double next() {
        double value = normal_(random_);
        if (spikes_ != Spikes::none && share_(random_) < 0.03)
            value += spikes_ == Spikes::upwards || share_(random_) < 0.5 ? 10 : -10;
        return value;
    }
    Row row(size_t nights) {
        Row all(nights);
        for (double& value : all) value = next();
        return all;
    }

private:
    Spikes spikes_;
    std::mt19937_64 random_{1};
    std::normal_distribution<double> normal_;
    std::uniform_real_distribution<double> share_;
};

double percent(int count, int all) {
    return 100.0 * count / all;
}

double false_alarms(Spikes spikes) {
    Nights nights(spikes);
    int wrong = 0;
    for (int i = 0; i < kSeries; i++) wrong += !change_points(nights.row(kNights), {}).empty();
    return percent(wrong, kSeries);
}

bool is_near(const ChangePoint& point, size_t at) {
    return std::max(point.at, at) - std::min(point.at, at) <= 3;
}

/// Of steps of 3 deviations, in nights 20 to 79 in turn, as seen `after` nights later.
double found_after(Spikes spikes, size_t after, bool surely = false) {
    Nights nights(spikes);
    int found = 0;
    for (int i = 0; i < kSteps; i++) {
        const size_t at = 20 + static_cast<size_t>(i) % 60;
        Row row = nights.row(at + after);
        for (size_t night = at; night < row.size(); night++) row[night] += 3;
        const auto before = surely ? change_points(std::span(row).first(row.size() - 1), {})
                                   : std::vector<ChangePoint>();
        for (const ChangePoint& point : change_points(row, {}))
            if (is_near(point, at) && (!surely || is_sure(point, before, {}))) {
                found++;
                break;
            }
    }
    return percent(found, kSteps);
}

/// Of who looks each night and believes what is sure: is there any in all of its nights?
double false_alarms_of_nightly_looks(Spikes spikes, int series) {
    Nights nights(spikes);
    int wrong = 0;
    for (int i = 0; i < series; i++) {
        const Row row = nights.row(kNights);
        std::vector<ChangePoint> before;
        bool alarm = false;
        for (size_t night = 8; night <= kNights && !alarm; night++) {
            const auto now = change_points(std::span(row).first(night), {});
            alarm = std::any_of(now.begin(), now.end(), [&](const ChangePoint& found) {
                return is_sure(found, before, {});
            });
            before = now;
        }
        wrong += alarm;
    }
    return percent(wrong, series);
}

/// For people: what the README says comes from here.
void tell_row(const char* noise, double alarms, double after_six) {
    fmt::print(
        "{:<34} {:.2f} % of {} series alarm; 3 deviations are found after 6 nights in"
        " {:.1f} %\n",
        noise, alarms, kSeries, after_six);
}

TEST(Promise, in_normal_noise_one_of_two_hundred_series_alarms_and_a_step_is_found) {
    const double alarms = false_alarms(Spikes::none), found = found_after(Spikes::none, 6);
    tell_row("normal noise:", alarms, found);
    EXPECT_LE(alarms, 0.5);
    EXPECT_GE(found, 90);
}

TEST(Promise, with_spikes_one_of_a_hundred_series_alarms_and_a_step_is_found) {
    const double alarms = false_alarms(Spikes::upwards), found = found_after(Spikes::upwards, 6);
    tell_row("3 % spikes upwards:", alarms, found);
    EXPECT_LE(alarms, 1);
    EXPECT_GE(found, 90);
}

TEST(Promise, with_spikes_both_ways_likewise) {
    const double alarms = false_alarms(Spikes::both_ways),
                 found = found_after(Spikes::both_ways, 6);
    tell_row("3 % spikes up and down:", alarms, found);
    EXPECT_LE(alarms, 1);
    EXPECT_GE(found, 90);
}

TEST(Promise, of_who_looks_each_night_few_series_alarm_in_all_their_nights) {
    const char* more = std::getenv("RXLAB_HISTORY_SERIES");
    const int series = more ? std::atoi(more) : 20;
    for (const Spikes spikes : {Spikes::none, Spikes::upwards}) {
        const double alarms = false_alarms_of_nightly_looks(spikes, series);
        fmt::print("{} spikes, looked at each night: {:.2f} % of {} series alarm in 90 nights\n",
                   spikes == Spikes::none ? "no" : "3 %", alarms, series);
        EXPECT_LE(alarms, 10);
        if (more)
            fmt::print(
                "  3 deviations are sure after 6, 8, 10 nights in {:.1f}, {:.1f}, {:.1f} %\n",
                found_after(spikes, 6, true), found_after(spikes, 8, true),
                found_after(spikes, 10, true));
    }
}

}  // namespace
}  // namespace rxlab
