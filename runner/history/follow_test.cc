// SPDX-License-Identifier: GPL-2.0
#include "history/follow.h"

#include "history/document.h"
#include "history/test_night.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cmath>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string december(int day) {
    return fmt::format("2026-12-{:02}", day);
}

FollowedHistory history_of(const TestNights& nights) {
    HistoryStore store(nights.database(), DatabaseMode::read);
    return followed(store);
}

const FollowedSeries& series_of(const FollowedHistory& history, const std::string& arm) {
    for (const FollowedSeries& series : history.series)
        if (series.name.arm == arm) return series;
    throw std::runtime_error("no series of " + arm);
}

TEST(History, of_nights_that_are_the_same_is_steady) {
    const TestNights nights;
    for (int day = 1; day <= 3; day++) nights.add({.night = december(day)});
    const FollowedHistory history = history_of(nights);
    EXPECT_EQ(headline_of(history), "2 series of 3 nights: 2 steady");
    EXPECT_EQ(series_of(history, "xdp-native").words, "steady since 2026-12-01");
    EXPECT_TRUE(history.epochs.empty());
}

TEST(History, names_the_kernel_and_the_diff_where_a_level_changed_with_it) {
    const TestNights nights;
    for (int day = 1; day <= 4; day++)
        nights.add({.night = december(day),
                    .before = day < 3 ? 3600.0 : 3695.0,
                    .release = day < 3 ? "6.12.107+deb12-amd64" : "6.12.117+deb12-amd64"});
    const FollowedHistory history = history_of(nights);
    const FollowedSeries& series = series_of(history, "closed-port");
    ASSERT_EQ(series.changes.size(), 1U);
    const LevelChange& change = series.changes.front();
    EXPECT_EQ(series.status, SeriesStatus::changed);
    EXPECT_EQ(series.words, "changed on 2026-12-03: 3600.12 to 3695.12 (1.0264x), worse");
    EXPECT_EQ(change.state, ChangeState::confirmed);
    EXPECT_THAT(change.made_of,
                ElementsAre("kernel 6.12.107+deb12-amd64 \u2192 6.12.117+deb12-amd64"));
    EXPECT_EQ(change.command, "rxlab diff 6.12.107 6.12.117 drop-point:closed-port");
    ASSERT_EQ(history.epochs.size(), 1U);
    EXPECT_EQ(history.epochs[0].night, "2026-12-03");
    EXPECT_EQ(series_of(history, "xdp-native").status, SeriesStatus::steady)
        << "a new epoch alone is no change";
}

TEST(History, has_the_cause_that_a_diff_told) {
    const TestNights nights;
    nights.add({.night = december(1)});
    nights.add({.night = december(2), .before = 3695, .release = "6.12.117+deb12-amd64"});
    const Json diff{{"schema_version", 1},
                    {"before", {{"release", "6.12.107+deb12-amd64"}}},
                    {"after", {{"release", "6.12.117+deb12-amd64"}}},
                    {"paths", Json::array({{{"experiment", "drop-point"},
                                            {"path", "closed-port"},
                                            {"verdict", "worse"},
                                            {"sentence", "closed-port: siphash_1u64 +95"}}})}};
    write_whole(nights.path() / "diff.json", diff.dump());
    const auto file = nights.path() / "diff.json";
    EXPECT_EQ(add_to_history(nights.database(), {file}).count(Addition::added), 1U);
    EXPECT_EQ(add_to_history(nights.database(), {file}).count(Addition::duplicate), 1U);
    const FollowedHistory history = history_of(nights);
    EXPECT_EQ(series_of(history, "closed-port").changes.front().cause,
              "closed-port: siphash_1u64 +95");
}

TEST(History, of_one_night_with_a_step_is_a_candidate_until_a_second_result) {
    const TestNights nights;
    for (int day = 1; day <= 3; day++) nights.add({.night = december(day)});
    nights.add({.night = december(4), .after = 1000});
    EXPECT_EQ(series_of(history_of(nights), "xdp-native").status, SeriesStatus::candidate);
    // Measured again in the same night.
    nights.add({.night = december(4), .after = 1000, .run = "again"});
    const FollowedSeries again = series_of(history_of(nights), "xdp-native");
    EXPECT_EQ(again.status, SeriesStatus::changed);
    EXPECT_TRUE(again.changes.front().made_of.empty()) << "with the same ingredients";
}

TEST(History, says_which_run_has_to_be_repeated_at_once) {
    const TestNights nights;
    for (int day = 1; day <= 3; day++) nights.add({.night = december(day)});
    EXPECT_TRUE(to_repeat(nights.database()).empty());
    nights.add({.night = december(4), .before = 4000, .after = 1000});
    const auto runs = to_repeat(nights.database());
    ASSERT_EQ(runs.size(), 1U) << "one run, whatever the number of its figures";
    EXPECT_EQ(runs[0].experiment, "drop-point");
    EXPECT_EQ(runs[0].kernel, "6.12");
    EXPECT_EQ(runs[0].words.size(), 2U);
    EXPECT_EQ(runs[0].source, nights.path() / december(4) / "drop-point-6.12/result.json");
    nights.add({.night = december(5), .run = "other"});
    EXPECT_TRUE(to_repeat(nights.database()).empty()) << "another result has decided";
}

TEST(History, tells_a_step_that_the_next_result_takes_back_as_not_repeated) {
    const TestNights nights;
    for (int day = 1; day <= 3; day++) nights.add({.night = december(day)});
    nights.add({.night = december(4), .after = 1000, .run = "a"});
    nights.add({.night = december(4), .run = "b"});
    const FollowedSeries series = series_of(history_of(nights), "xdp-native");
    EXPECT_EQ(series.status, SeriesStatus::steady);
    ASSERT_EQ(series.changes.size(), 1U);
    EXPECT_EQ(series.changes.front().state, ChangeState::not_repeated);
}

TEST(History, is_steady_again_when_a_level_has_lasted) {
    const TestNights nights;
    for (int day = 1; day <= 12; day++)
        nights.add({.night = december(day), .after = day < 4 ? 900.0 : 800.0});
    const FollowedSeries series = series_of(history_of(nights), "xdp-native");
    EXPECT_EQ(series.status, SeriesStatus::steady);
    EXPECT_EQ(series.words, "steady since 2026-12-04");
    EXPECT_EQ(series.changes.front().direction, "better");
}

TEST(History, misses_the_nights_on_which_others_were_measured) {
    const TestNights nights;
    for (const int day : {1, 2, 4}) nights.add({.night = december(day)});
    nights.add({.night = december(3),
                .changes = {{"provenance", {{"kernel_asked", {{"kernel", "6.1"}}}}}}});
    const FollowedHistory history = history_of(nights);
    for (const FollowedSeries& series : history.series)
        if (series.name.kernel == "6.12") EXPECT_THAT(series.missing, ElementsAre("2026-12-03"));
}

TEST(History, says_that_a_kernel_has_gone) {
    const TestNights nights;
    const Json old_kernel{{"provenance", {{"kernel_asked", {{"kernel", "6.1"}}}}}};
    nights.add({.night = december(1), .changes = old_kernel, .run = "old"});
    for (int day = 1; day <= 2; day++) nights.add({.night = december(day)});
    EXPECT_THAT(headline_of(history_of(nights)), HasSubstr("2 new, 2 steady"))
        << "one night is no end";
    nights.add({.night = december(3)});
    const FollowedHistory history = history_of(nights);
    EXPECT_EQ(headline_of(history), "4 series of 3 nights: 2 gone, 2 steady");
    EXPECT_EQ(history.series.front().words, "kernel 6.1 has no result since 2026-12-01");
}

TEST(History, of_time_follows_the_ratio_and_is_sure_a_night_after_it_found_a_change) {
    const TestNights nights;
    const auto night = [](int day) {
        // The machine is up to a third slower on some nights; the ratio bears that.
        const double mood = 1 + 0.1 * (day % 4);
        return TestNight{.night = fmt::format("2026-{:02}-{:02}", 1 + day / 28, 1 + day % 28),
                         .before = 1000 * mood,
                         .after = (day < 20 ? 500 : 550) * mood,
                         .lane = Lane::timed};
    };
    for (int day = 0; day < 23; day++) nights.add(night(day));
    EXPECT_EQ(series_of(history_of(nights), "xdp-native").status, SeriesStatus::steady);
    nights.add(night(23));
    EXPECT_EQ(series_of(history_of(nights), "xdp-native").status, SeriesStatus::candidate);
    nights.add(night(24));
    const FollowedSeries series = series_of(history_of(nights), "xdp-native");
    EXPECT_EQ(series.status, SeriesStatus::changed);
    EXPECT_NEAR(series.changes.front().ratio, 1.1, 1e-3);
    EXPECT_EQ(series.changes.front().direction, "worse");
}

TEST(History, does_not_tell_a_change_that_is_smaller_than_what_counts) {
    const TestNights nights;
    for (int day = 1; day <= 6; day++)
        nights.add({.night = december(day), .after = day < 4 ? 900.0 : 902.0});
    EXPECT_TRUE(series_of(history_of(nights), "xdp-native").changes.empty())
        << "3 instructions per packet";
}

TEST(Ingredients, that_differ_are_told_the_kernel_first_and_its_modules_not_at_all) {
    const std::vector<Ingredient> before = {{"QEMU", "7.2.1", "1"},
                                            {"image /lib/modules/a.ko", "kernel 6.12.1", "2"},
                                            {"kernel", "6.12.1", "3"},
                                            {"payload rxlab", "rxlab", "4"},
                                            {"plan", "seed 1", "5"}},
                                  after = {{"QEMU", "7.2.2", "a"},
                                           {"image /bin/new", "x 1", "b"},
                                           {"image /lib/modules/b.ko", "kernel 6.12.2", "c"},
                                           {"kernel", "6.12.2", "d"},
                                           {"payload rxlab", "rxlab", "e"},
                                           {"plan", "seed 1", "5"}};
    EXPECT_THAT(made_otherwise(before, after),
                ElementsAre("kernel 6.12.1 \u2192 6.12.2", "payload rxlab",
                            "QEMU 7.2.1 \u2192 7.2.2", "image /bin/new (new)"));
    EXPECT_THAT(made_otherwise(before, after, 1),
                ElementsAre("kernel 6.12.1 \u2192 6.12.2", "3 more"));
    EXPECT_TRUE(made_otherwise(before, before).empty());
    EXPECT_THAT(made_otherwise({{"kernel", "linux-image-6.12.107+deb12-amd64_6.12.107-1", "1"},
                                {"payload modules/a.ko", "rxlab", "1"},
                                {"payload modules/b.ko", "rxlab", "1"}},
                               {{"kernel", "linux-image-6.12.117+deb12-amd64_6.12.117-1", "2"},
                                {"payload modules/a.ko", "rxlab", "2"},
                                {"payload modules/b.ko", "rxlab", "2"}}),
                ElementsAre("kernel 6.12.107+deb12-amd64 \u2192 6.12.117+deb12-amd64",
                            "rxlab's modules (2)"));
}

TEST(DiffCommand, names_versions_as_diff_takes_them) {
    const SeriesName name{.experiment = "drop-point", .arm = "closed-port"};
    const auto command = [&](const std::string& from, const std::string& to, bool modules = false) {
        KeptResult before, after;
        before.release = from;
        after.release = to;
        before.rxlab_version = "4bb1a140beaa";
        return diff_command(name, before, after, modules);
    };
    EXPECT_EQ(command("6.1.0-47-amd64", "6.1.0-50-amd64"),
              "rxlab diff 6.1.0-47 6.1.0-50 drop-point:closed-port");
    EXPECT_EQ(command("6.12.107+deb12-rt-amd64", "6.12.117+deb12-rt-amd64"),
              "rxlab diff 6.12.107-rt 6.12.117-rt drop-point:closed-port");
    EXPECT_EQ(command("6.12.1; rm -rf /", "6.12.2"), "") << "no version of Debian's";
    EXPECT_EQ(command("6.12.1", "6.12.1", true),
              "rxlab diff 4bb1a140beaa kmod drop-point:closed-port");
    EXPECT_EQ(command("6.12.1", "6.12.1"), "");
    KeptResult before, after;
    before.release = "6.1.0-47-amd64";
    after.release = "6.1.0-50-amd64";
    EXPECT_EQ(diff_command({.experiment = "x", .arm = "$(reboot)"}, before, after, false), "");
}

TEST(Exports, quote_what_would_break_their_lines) {
    FollowedHistory history;
    FollowedSeries series{7,
                          {"x", "6.12", "CPU \"A\", 2", Lane::counted, "veth", "a\\b", "",
                           "instructions_per_packet", "instructions/packet", "lower"}};
    series.exact = true;
    series.points = {{"2026-12-01", 1.5, 1.5, "/r/a,b"}};
    series.faults = {{"2026-12-02", "lost\n3"}};
    history.series = {series};
    EXPECT_EQ(csv_of(history),
              "series,experiment,kernel,machine,lane,topology,arm,factors,metric,unit,follows,"
              "night,value,measured,fault,source\n"
              "7,x,6.12,\"CPU \"\"A\"\", 2\",counted,veth,a\\b,,instructions_per_packet,"
              "instructions/packet,median,2026-12-01,1.5,1.5,,\"/r/a,b\"\n"
              "7,x,6.12,\"CPU \"\"A\"\", 2\",counted,veth,a\\b,,instructions_per_packet,"
              "instructions/packet,median,2026-12-02,,,\"lost\n3\",\n");
    const std::string text = openmetrics_of(history);
    EXPECT_THAT(text, HasSubstr("rxlab_history_value{experiment=\"x\",kernel=\"6.12\","
                                "machine=\"CPU \\\"A\\\", 2\""));
    EXPECT_THAT(text, HasSubstr("arm=\"a\\\\b\""));
    EXPECT_TRUE(text.ends_with("# EOF\n"));
}

}  // namespace
}  // namespace rxlab
