// SPDX-License-Identifier: GPL-2.0
#include "cmd/night.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Json night_row(const std::string& experiment, int status, const std::string& change = "",
               bool left = false) {
    return {{"experiment", experiment},
            {"kernel", "6.12"},
            {"lane", "counted"},
            {"seconds", left ? 0.0 : 60.0},
            {"status", status},
            {"verdict_words", "more instructions"},
            {"previous_verdict_words", "same"},
            {"change", change},
            {"left", left},
            {"message", status > 3 ? "the guest was lost" : ""}};
}

NightJob job_named(const std::string& experiment) {
    return {experiment, "6.12", "counted", experiment};
}

std::vector<std::string> names_of(const std::vector<NightJob>& jobs) {
    std::vector<std::string> names;
    for (const NightJob& job : jobs) names.push_back(job.experiment);
    return names;
}

TEST(Night, begins_with_the_null_floor_and_then_with_what_was_left_the_night_before) {
    const std::vector<NightJob> jobs = {job_named("a"), job_named("b"), job_named("null-aa")};
    EXPECT_THAT(names_of(in_order_of_night(jobs, "null-aa", Json::array())),
                ElementsAre("null-aa", "a", "b"));
    const Json before = {night_row("a", 0), night_row("b", 3, "", true)};
    EXPECT_THAT(names_of(in_order_of_night(jobs, "null-aa", before)),
                ElementsAre("null-aa", "b", "a"));
}

TEST(Night, has_its_last_verdict_from_the_night_that_was_not_left) {
    Json row = night_row("a", 1);
    row["verdict"] = "worse";
    row["previous_verdict"] = "same";
    using Last = std::pair<Json, std::string>;
    EXPECT_EQ(last_verdict(Json::array({row}), job_named("a")), Last("worse", "more instructions"));
    row["left"] = true;
    row["verdict"] = nullptr;
    EXPECT_EQ(last_verdict(Json::array({row}), job_named("a")), Last("same", "same"));
    EXPECT_EQ(last_verdict(Json::array({row}), job_named("b")), Last(nullptr, ""));
}

TEST(Night, reads_the_index_of_an_older_rxlab_and_a_row_that_is_none) {
    const Json before = {{{"experiment", "b"}, {"kernel", "6.12"}, {"lane", "counted"}},
                         Json::object()};
    EXPECT_THAT(names_of(in_order_of_night({job_named("a"), job_named("b")}, "null-aa", before)),
                ElementsAre("a", "b"));
}

TEST(Night, is_fine_whatever_the_verdicts_as_long_as_they_are_those_of_the_night_before) {
    EXPECT_EQ(night_status({night_row("a", 1), night_row("b", 3), night_row("c", 0)}), 0);
    EXPECT_EQ(night_status({night_row("a", 0, "changed"), night_row("b", 3, "", true)}), 1);
    EXPECT_EQ(night_status({night_row("a", 0), night_row("b", 3, "", true)}), 3);
    EXPECT_EQ(night_status({night_row("a", 4), night_row("b", 5), night_row("c", 2)}), 5);
    EXPECT_EQ(night_status(Json::array()), 0);
}

TEST(Night, a_run_that_its_box_cut_is_left_and_has_not_failed) {
    EXPECT_EQ(night_status(Json::array({night_row("a", 5, "changed", true)})), 3);
}

TEST(Night, is_told_in_few_lines_the_worst_first) {
    EXPECT_THAT(
        night_summary({night_row("a", 0), night_row("b", 5), night_row("c", 1, "changed"),
                       night_row("d", 3, "", true)},
                      "2026-12-01"),
        ElementsAre("rxlab, night of 2026-12-01: 3 experiments run on 6.12 in 3 min",
                    "without a valid result: 1", "  b on 6.12: status 5, the guest was lost",
                    "changed since the night before: 1",
                    "  c on 6.12: more instructions, the night before same",
                    "left for the next night, which begins with them: 1", "  d on 6.12"));
    EXPECT_THAT(night_summary(Json::array({night_row("a", 1)}), "x").back(),
                "all valid, no verdict changed, nothing left");
}

TEST(Night, is_told_in_at_most_twenty_lines_however_much_there_is) {
    for (const size_t count : {0, 1, 5, 9, 30, 100}) {
        Json index = Json::array();
        for (size_t i = 0; i < count; i++) {
            index.push_back(night_row("failed", 5));
            index.push_back(night_row("changed", 1, "changed"));
            index.push_back(night_row("left", 3, "", true));
        }
        const std::vector<std::string> summary = night_summary(index, "x");
        EXPECT_LE(summary.size(), kNightLines) << count;
        std::string all;
        for (const std::string& line : summary) all += line + "\n";
        if (!count) continue;
        EXPECT_THAT(all, HasSubstr("without a valid result: " + std::to_string(count)));
        EXPECT_THAT(all, HasSubstr("changed since the night before: " + std::to_string(count)));
        EXPECT_THAT(all, HasSubstr("begins with them: " + std::to_string(count)));
    }
}

TEST(Night, a_long_reason_is_cut_between_characters) {
    Json row = night_row("a", 5);
    std::string reason;
    for (int i = 0; i < 200; i++) reason += "\u00e9";
    row["message"] = reason;
    for (const char* pad : {"", "x"}) {
        row["experiment"] = pad;
        const std::string line = night_summary(Json::array({row}), "x").at(2);
        EXPECT_LE(line.size(), 165u);
        EXPECT_NO_THROW(Json(line).dump());  // throws where it is no UTF-8
    }
}

}  // namespace
}  // namespace rxlab
