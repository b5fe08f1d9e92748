// SPDX-License-Identifier: GPL-2.0
// rxlab history as a person meets it: the built binary, its words and its exit status.
#include "history/database.h"
#include "history/test_night.h"
#include "sys/process.h"
#include "sys/sys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

using testing::HasSubstr;

class HistoryCli : public testing::Test {
protected:
    CommandResult history(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {std::string(RXLAB_BUILD) + "/rxlab", "history"});
        arguments.insert(arguments.end(), {"--db", nights_.database()});
        return real_sys().run(arguments);
    }
    std::string week() const {
        for (int day = 1; day <= 7; day++)
            nights_.write({.night = fmt::format("2026-12-0{}", day),
                           .after = day < 5 ? 900.0 : 1000.0,
                           .release = day < 5 ? "6.12.107+deb12-amd64" : "6.12.117+deb12-amd64"});
        return nights_.path();
    }
    std::vector<std::string> added_week() const {
        std::vector<std::string> words{"add"};
        const std::string folder = week();
        for (int day = 1; day <= 7; day++)
            words.push_back(fmt::format("{}/2026-12-0{}/drop-point-6.12", folder, day));
        return words;
    }
    TestNights nights_;
};

TEST_F(HistoryCli, adds_lists_shows_and_draws_a_week) {
    EXPECT_EQ(history(added_week()).status, 0);
    EXPECT_THAT(history({"list"}).out, HasSubstr("2 series of 7 nights: 1 changed, 1 steady"));
    EXPECT_THAT(history({"list", "--news"}).out, testing::Not(HasSubstr("steady")));
    const CommandResult shown = history({"show", "drop-point:xdp-native"});
    EXPECT_THAT(shown.out, HasSubstr("changed on 2026-12-05: 900.125 to 1000.12 (1.1111x), worse"));
    EXPECT_THAT(shown.out, HasSubstr("kernel 6.12.107+deb12-amd64 \u2192 6.12.117+deb12-amd64"));
    EXPECT_THAT(shown.out, HasSubstr("rxlab diff 6.12.107 6.12.117 drop-point:xdp-native"));
    const fs::path out = nights_.path() / "page";
    const CommandResult drawn = history({"page", "--out", out});
    EXPECT_EQ(drawn.status, 0) << drawn.err;
    EXPECT_THAT(read_whole(out / "index.html"), HasSubstr("2 series of 7 nights"));
    EXPECT_TRUE(fs::exists(out / "metric-instructions-per-packet.html"));
}

TEST_F(HistoryCli, refuses_one_result_by_name_and_adds_the_rest) {
    std::vector<std::string> words = added_week();
    write_whole(nights_.path() / "2026-12-03/drop-point-6.12/result.json",
                "{\"schema_version\": 1");
    words.push_back(words.back());
    const CommandResult ran = history(words);
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.out, HasSubstr("2026-12-03/drop-point-6.12/result.json: no whole JSON"));
    EXPECT_THAT(ran.out, HasSubstr("6 added, 1 skipped, 1 refused"));
}

TEST_F(HistoryCli, asks_for_another_run_where_one_result_alone_shows_a_change) {
    nights_.add({.night = "2026-12-01"});
    const fs::path other = nights_.write({.night = "2026-12-02", .after = 1000});
    const CommandResult ran = history({"add", other});
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.out, HasSubstr("next: run drop-point on 6.12 once more"));
}

TEST_F(HistoryCli, takes_out_what_is_older_and_nothing_else) {
    nights_.add({.night = "2001-01-01"});
    nights_.add({.night = "2999-01-01"});
    EXPECT_THAT(history({"prune", "--keep", "30"}).out, HasSubstr("1 results from before"));
    EXPECT_THAT(history({"list"}).out, HasSubstr("2 series of 1 nights"));
}

TEST_F(HistoryCli, exports_every_value_and_the_last_state) {
    history(added_week());
    const CommandResult csv = history({"export"});
    EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 15) << "a heading, 2 x 7 values";
    EXPECT_THAT(history({"export", "--format", "openmetrics"}).out,
                HasSubstr("rxlab_history_status=\"changed\"} 1"));
    const CommandResult parquet = history({"export", "--format", "parquet"});
    EXPECT_EQ(parquet.status, 2);
}

TEST_F(HistoryCli, names_what_is_wrong_with_the_file) {
    EXPECT_THAT(history({"list"}).err, HasSubstr("history.sqlite: not there"));
    EXPECT_EQ(history({"list"}).status, 2);
    nights_.add({});
    EXPECT_THAT(history({"show", "nonsense"}).err, HasSubstr("no series is called 'nonsense'"));
    const std::string whole = read_whole(nights_.database());
    write_whole(nights_.database(), whole.substr(0, whole.size() / 3));
    const CommandResult damaged = history({"list"});
    EXPECT_EQ(damaged.status, 4);
    EXPECT_THAT(damaged.err, HasSubstr("damaged"));
    write_whole(nights_.database(), whole);
    Database(nights_.database(), DatabaseMode::write).execute("PRAGMA user_version = 2");
    EXPECT_THAT(history({"list"}).err, HasSubstr("of schema version 2; this rxlab knows 1"));
    EXPECT_EQ(history({"list"}).status, 2);
}

}  // namespace
}  // namespace rxlab
