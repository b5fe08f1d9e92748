// SPDX-License-Identifier: GPL-2.0
#include "history/add.h"

#include "base/error.h"
#include "history/store.h"
#include "history/test_night.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

using testing::HasSubstr;

/// What a call throws, as text; empty: nothing.
template <typename Call>
std::string refusal_of(const Call& call) {
    try {
        call();
    } catch (const Error& error) {
        return std::string(error.what()) + " | " + error.next();
    }
    return "";
}

void run_sql(const fs::path& file, const std::string& sql) {
    Database(file, DatabaseMode::write).execute(sql);
}

TEST(AddToHistory, keeps_a_nights_figures_by_arm_and_metric) {
    const TestNights nights;
    const AddedFile added = nights.add({.night = "2026-12-01", .before = 3600, .after = 900});
    EXPECT_EQ(added.what, Addition::added) << added.words;
    EXPECT_EQ(added.night, "2026-12-01");
    HistoryStore store(nights.database(), DatabaseMode::read);
    const auto series = store.series();
    ASSERT_EQ(series.size(), 2U);
    EXPECT_EQ(series[0].name.arm, "closed-port");
    EXPECT_EQ(
        series[1].name,
        (SeriesName{"drop-point", "6.12", "guest Haswell-noTSX", Lane::counted, "veth",
                    "xdp-native", "", "instructions_per_packet", "instructions/packet", "lower"}));
    EXPECT_DOUBLE_EQ(*series[1].points.front().value, 900.125) << "the median of its rounds";
    EXPECT_EQ(store.ingredients(store.results().front().ingredients).size(), 3U);
}

TEST(AddToHistory, follows_the_ratio_to_the_same_nights_baseline_where_time_is_measured) {
    const TestNights nights;
    nights.add({.before = 1000, .after = 500, .lane = Lane::timed});
    const auto series = HistoryStore(nights.database(), DatabaseMode::read).series();
    ASSERT_EQ(series.size(), 1U) << "the baseline is not followed";
    EXPECT_NEAR(*series[0].points.front().value, std::log(0.5), 1e-3);
    EXPECT_EQ(series[0].name.machine, "guest on Some CPU, CPUs 0-1");
}

TEST(AddToHistory, skips_what_is_there_already_and_goes_on) {
    const TestNights nights;
    const fs::path first = nights.write({.night = "2026-12-01"}),
                   second = nights.write({.night = "2026-12-02"});
    add_to_history(nights.database(), {first});
    const HistoryAdded again = add_to_history(nights.database(), {first, second, first});
    EXPECT_EQ(again.count(Addition::duplicate), 2U);
    EXPECT_EQ(again.count(Addition::added), 1U);
    EXPECT_THAT(again.files[0].words, HasSubstr("in it already"));
}

TEST(AddToHistory, knows_a_copy_that_was_only_indented_anew) {
    const TestNights nights;
    nights.add({});
    const TestNight copy{.night = "2026-12-05", .run = "copy"};
    const AddedFile added =
        add_to_history(nights.database(), {nights.write(copy, test_document({}).dump(3))})
            .files.front();
    EXPECT_EQ(added.what, Addition::duplicate);
}

TEST(AddToHistory, names_each_refused_result_with_its_reason_and_adds_the_rest) {
    const TestNights nights;
    const auto edited = [](Json document) {
        document["trials"][0]["metrics"]["instructions_per_packet"]["value"] = 1;
        return document;
    };
    const std::string good = test_document({}).dump();
    const std::vector<std::pair<std::string, std::string>> bad = {
        {edited(test_document({})).dump(), "the hash of this document's metrics"},
        {test_document({.changes = {{"schema_version", 2}}}).dump(), "schema_version"},
        {test_document({.changes = {{"plan", {{"lane", "warp"}}}}}).dump(), "warp"},
        {good.substr(0, good.size() / 2), "no whole JSON document"},
        {"", "no whole JSON document"},
        {"[]", "object"},
        {test_document({.changes = {{"provenance", {{"shard", {{"of", 2}}}}}}}).dump(),
         "one shard of a run"},
        {test_document({.changes = {{"trials", nullptr}}}).dump(), "trials"},
        {test_document({.changes = {{"provenance", {{"ingredients", "none"}}}}}).dump(),
         "it is no result"},
    };
    std::vector<fs::path> files;
    for (size_t i = 0; i < bad.size(); i++)
        files.push_back(nights.write({.run = fmt::format("bad-{}", i)}, bad[i].first));
    files.push_back(nights.path() / "not-there");
    files.push_back(nights.write({.run = "good"}, good));
    const HistoryAdded added = add_to_history(nights.database(), files);
    for (size_t i = 0; i < bad.size(); i++) {
        EXPECT_EQ(added.files[i].what, Addition::refused) << bad[i].second;
        EXPECT_THAT(added.files[i].words, HasSubstr(bad[i].second));
        EXPECT_EQ(added.files[i].words.find('\n'), std::string::npos);
    }
    EXPECT_THAT(added.files[bad.size()].words, HasSubstr("not-there: No such file"));
    EXPECT_EQ(added.files.back().what, Addition::added) << added.files.back().words;
}

TEST(AddToHistory, keeps_lanes_and_topologies_apart_and_says_so) {
    const TestNights nights;
    nights.add({.night = "2026-12-01"});
    const AddedFile other = nights.add({.night = "2026-12-02", .topology = "rxnic"});
    EXPECT_THAT(other.words, HasSubstr("on topology rxnic, until now on veth"));
    nights.add({.night = "2026-12-03", .lane = Lane::timed});
    const auto series = HistoryStore(nights.database(), DatabaseMode::read).series();
    EXPECT_EQ(series.size(), 5U);
    for (const KeptSeries& one : series) EXPECT_EQ(one.points.size(), 1U);
}

TEST(AddToHistory, keeps_why_an_arm_has_no_figure) {
    const TestNights nights;
    Json trials = test_document({})["trials"];
    for (Json& trial : trials)
        if (trial["arm"] == "xdp-native")
            trial["checks"]["conservation"] = {{"ok", false}, {"detail", "sent 9, counted 8"}};
    nights.add({.changes = {{"trials", trials}}});
    const auto series = HistoryStore(nights.database(), DatabaseMode::read).series();
    ASSERT_EQ(series.size(), 2U);
    const KeptPoint& point = series[1].points.front();
    EXPECT_FALSE(point.value);
    EXPECT_THAT(point.fault, HasSubstr("conservation"));
}

TEST(AddToHistory, takes_the_night_from_the_folder_before_the_files_own_time) {
    EXPECT_EQ(night_in_path("/r/2026-12-01/drop-point-6.12/result.json"), "2026-12-01");
    EXPECT_EQ(night_in_path("/r/rx-path-counted-6.12-20261201-091621/result.json"),
              "2026-12-01 09:16:21");
    EXPECT_EQ(night_in_path("/2026-12-01/x-20261202-000000/result.json"), "2026-12-02 00:00:00");
    EXPECT_EQ(night_in_path("/r/2026-13-01/result.json"), "");
    EXPECT_EQ(night_in_path("/r/x-20260230-000000/result.json"), "");
    EXPECT_EQ(night_in_path("/r/2026-12-01.json"), "");
    EXPECT_TRUE(is_night("2028-02-29"));
    EXPECT_FALSE(is_night("2026-02-29"));
    EXPECT_FALSE(is_night("2026-2-3"));
}

TEST(AddToHistory, bears_a_provenance_that_says_nothing) {
    const TestNights nights;
    const AddedFile added = nights.add({.changes = {{"provenance",
                                                     {{"kernel", 7},
                                                      {"host", Json::array()},
                                                      {"cpu_model", nullptr},
                                                      {"rxlab_version", Json::object()},
                                                      {"ingredients", Json::array({1, "x"})}}}}});
    EXPECT_EQ(added.what, Addition::added) << added.words;
}

TEST(AddToHistory, follows_a_kernel_of_somebodys_own_apart) {
    const TestNights nights;
    nights.add({.night = "2026-12-01"});
    nights.add({.night = "2026-12-02",
                .changes = {{"provenance", {{"kernel_asked", {{"kernel", "linux/bzImage"}}}}}}});
    const auto series = HistoryStore(nights.database(), DatabaseMode::read).series();
    ASSERT_EQ(series.size(), 4U);
    EXPECT_EQ(series[0].name.kernel, "6.12");
    EXPECT_EQ(series[2].name.kernel, "6.12.107+deb12-amd64");
}

// --- the file itself ---

TEST(HistoryFile, is_only_added_to) {
    const TestNights nights;
    nights.add({});
    for (const char* sql : {"UPDATE points SET value = 1", "DELETE FROM points",
                            "DELETE FROM results", "UPDATE results SET night = '2020-01-01'",
                            "DELETE FROM ingredients", "UPDATE series SET arm = 'x'"})
        EXPECT_THAT(refusal_of([&] { run_sql(nights.database(), sql); }),
                    HasSubstr("history is only added to"))
            << sql;
}

TEST(HistoryFile, is_pruned_by_night_and_says_so) {
    const TestNights nights;
    for (const char* night : {"2026-11-01", "2026-11-30", "2026-12-01"})
        nights.add({.night = night});
    {
        HistoryStore store(nights.database(), DatabaseMode::write);
        EXPECT_EQ(store.prune("2026-11-30").results, 1);
        EXPECT_EQ(store.results().size(), 2U);
        EXPECT_EQ(store.series().front().points.size(), 2U);
        EXPECT_EQ(store.prune("2026-11-30").results, 0);
    }
    EXPECT_THAT(refusal_of([&] { run_sql(nights.database(), "DELETE FROM results"); }),
                HasSubstr("only added to"));
    nights.add({.night = "2026-12-02"});
}

TEST(HistoryFile, of_a_newer_rxlab_is_refused) {
    const TestNights nights;
    nights.add({});
    run_sql(nights.database(), "PRAGMA user_version = 7");
    EXPECT_THAT(refusal_of([&] { nights.add({.night = "2026-12-02"}); }),
                HasSubstr("of schema version 7; this rxlab knows 1"));
}

TEST(HistoryFile, that_is_something_else_is_refused) {
    const TestNights nights;
    run_sql(nights.database(), "CREATE TABLE mine(x)");
    EXPECT_THAT(refusal_of([&] { nights.add({}); }), HasSubstr("no history of rxlab"));
    const TestNights text;
    write_whole(text.database(), "this is a letter, and no database at all\n");
    EXPECT_THAT(refusal_of([&] { text.add({}); }), HasSubstr("no SQLite database, or damaged"));
    EXPECT_EQ(read_whole(text.database()), "this is a letter, and no database at all\n");
    const TestNights none;
    EXPECT_THAT(refusal_of([&] { HistoryStore(none.database(), DatabaseMode::read); }),
                HasSubstr("unable to open"));
}

TEST(HistoryFile, that_is_damaged_is_named_wherever_the_damage_is) {
    const TestNights nights;
    for (int night = 1; night <= 9; night++)
        nights.add({.night = fmt::format("2026-12-0{}", night)});
    const std::string whole = read_whole(nights.database());
    int refused = 0;
    for (size_t page = 0; page * 4096 < whole.size(); page++) {
        std::string bytes = whole;
        bytes.replace(page * 4096 + (page ? 0 : 40), 64, std::string(64, '\x5a'));
        write_whole(nights.database(), bytes);
        const std::string said = refusal_of([&] {
            HistoryStore store(nights.database(), DatabaseMode::read);
            store.series();
            store.results();
        });
        refused += !said.empty();
    }
    EXPECT_EQ(refused, static_cast<int>((whole.size() + 4095) / 4096));
    write_whole(nights.database(), whole.substr(0, whole.size() / 2));
    EXPECT_NE(refusal_of([&] { nights.add({.night = "2026-12-10"}); }), "");
}

TEST(HistoryFile, of_a_killed_writer_has_whole_results_only) {
    const TestNights nights, copy;
    nights.add({});
    const std::string journal = nights.database().string() + "-journal";
    {
        Database writer(nights.database(), DatabaseMode::write);
        writer.execute("PRAGMA cache_size = 1");
        const Transaction half(writer);
        for (int i = 0; i < 500; i++)
            writer.execute(fmt::format("INSERT INTO ingredients VALUES('{}', '{}')", i,
                                       std::string(500, 'x')));
        write_whole(copy.database(), read_whole(nights.database()));
        write_whole(copy.database().string() + "-journal", read_whole(journal));
    }
    HistoryStore left(copy.database(), DatabaseMode::read);
    EXPECT_EQ(left.results().size(), 1U);
    EXPECT_FALSE(fs::exists(copy.database().string() + "-journal")) << "taken back";
}

TEST(HistoryFile, is_not_written_by_who_reads) {
    const TestNights nights;
    nights.add({});
    Database reader(nights.database(), DatabaseMode::read);
    EXPECT_THAT(refusal_of([&] { reader.execute("INSERT INTO ingredients VALUES('a', 'b')"); }),
                HasSubstr("readonly"));
}

TEST(HistoryFile, that_another_process_writes_is_named_and_left_alone) {
    const TestNights nights;
    nights.add({});
    Database other(nights.database(), DatabaseMode::write);
    const Transaction holds(other);
    EXPECT_THAT(refusal_of([&] {
                    Database here(nights.database(), DatabaseMode::write, 10);
                    const Transaction mine(here);
                }),
                HasSubstr("another process is writing it"));
}

}  // namespace
}  // namespace rxlab
