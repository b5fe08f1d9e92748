// SPDX-License-Identifier: GPL-2.0
#include "change/series.h"

#include "base/error.h"
#include "experiment/test_schema.h"
#include "result/test_result.h"

#include <gmock/gmock.h>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

PathChange change(const std::string& path, double before, double after, Verdict verdict) {
    ComparedMetric metric;
    metric.name = "path.instructions_per_packet";
    metric.unit = "instructions/packet";
    metric.before = before;
    metric.after = after;
    metric.ratio = after / before;
    metric.ci_low = *metric.ratio - 0.001;
    metric.ci_high = *metric.ratio + 0.001;
    metric.verdict = verdict;
    const auto more = static_cast<uint64_t>(after - before);
    return path_change("drop-point", path, metric,
                       {{{{"icmp", 500}}, {{"icmp", 500}, {"icmp;siphash_1u64", more}}, 1, 1}});
}

Series three_versions() {
    Series series{"6.12", "rxlab series 6.12", {}, {}, {}};
    for (const char* name : {"6.12.111", "6.12.113", "6.12.115"})
        series.subjects.push_back({name, name, {}, "", {}});
    series.steps.push_back(
        {{change("closed-port", 100, 100, Verdict::same), change("xdp", 50, 50, Verdict::same)},
         {},
         3});
    series.steps.push_back(
        {{change("closed-port", 100, 235, Verdict::worse), change("xdp", 50, 50, Verdict::same)},
         {"inetpeer: SipHash"},
         900});
    return series;
}

TEST(Series, tells_at_which_step_which_path_changed) {
    const auto lines = in_words(to_json(three_versions()));
    EXPECT_THAT(lines, ElementsAre("6.12.111 to 6.12.115: 1 of 2 paths changed, at 1 of 2 steps",
                                   "6.12.113 to 6.12.115:", HasSubstr("closed-port: +135.0"),
                                   "  changelog: inetpeer: SipHash"));
}

TEST(Series, has_a_figure_of_each_path_for_each_version) {
    const Json json = to_json(three_versions());
    expect_schema(json, "series");
    for (const Json& step : json.at("steps"))
        for (const Json& path : step.at("paths")) expect_schema(path, "diff", "path");
    EXPECT_EQ(json.at("paths")[0].at("values"), Json({100.0, 100.0, 235.0}));
    EXPECT_EQ(json.at("paths")[1].at("values"), Json({50.0, 50.0, 50.0}));
    EXPECT_EQ(json.at("steps")[1].at("after"), "6.12.115");
    EXPECT_EQ(json.at("steps")[1].at("all_entries"), 900);
}

TEST(Series, a_path_that_a_version_has_no_figure_of_has_none_there) {
    Series series = three_versions();
    series.steps[0].paths.pop_back();
    EXPECT_EQ(to_json(series).at("paths")[1].at("values"), Json({nullptr, 50.0, 50.0}));
}

/// 6.12.115, measured again, and one more.
Series one_more(double again, double after) {
    Series series{"6.12", "rxlab series 6.12 --onto kept.json", {}, {}, {}};
    for (const char* name : {"6.12.115", "6.12.117"})
        series.subjects.push_back({name, name, {}, "", {}});
    series.steps.push_back({{change("closed-port", again, after, Verdict::worse),
                             change("gro", 10, 10, Verdict::same)},
                            {},
                            7});
    return series;
}

TEST(Series, that_is_kept_takes_what_came_after_and_keeps_its_figures) {
    const Json all = joined(to_json(three_versions()), to_json(one_more(235, 335)));
    expect_schema(all, "series");
    EXPECT_EQ(all.at("subjects").size(), 4U);
    EXPECT_EQ(all.at("steps").size(), 3U);
    EXPECT_EQ(all.at("paths")[0].at("values"), Json({100.0, 100.0, 235.0, 335.0}));
    EXPECT_EQ(all.at("paths")[1].at("values"), Json({50.0, 50.0, 50.0, nullptr}));
    EXPECT_EQ(all.at("paths")[2].at("values"), Json({nullptr, nullptr, 10.0, 10.0}));
    EXPECT_EQ(all.at("headline"), "6.12.111 to 6.12.117: 1 of 3 paths changed, at 2 of 3 steps");
    EXPECT_TRUE(all.at("notes").empty());
}

TEST(Series, says_where_the_last_version_that_is_kept_has_another_figure_now) {
    const Json all = joined(to_json(three_versions()), to_json(one_more(236, 336)));
    EXPECT_EQ(all.at("paths")[0].at("values"), Json({100.0, 100.0, 235.0, 336.0}));
    EXPECT_THAT(all.at("notes")[0].get<std::string>(),
                HasSubstr("closed-port: 6.12.115 had 235.0 when it was new and 236.0"));
}

TEST(Series, keeps_the_certificate_of_each_time_that_versions_were_measured) {
    Series kept = three_versions(), more = one_more(235, 335);
    for (Series* series : {&kept, &more})
        series->certificates.push_back(series_certificate(
            series->subjects, test_result(test_experiment({"plain", "native"}),
                                          [](const std::string&, int) { return 3600; })));
    const Json all = joined(to_json(kept), to_json(more));
    expect_schema(all, "series");
    ASSERT_EQ(all.at("certificates").size(), 2u);
    EXPECT_EQ(all["certificates"][1]["versions"], Json({"6.12.115", "6.12.117"}));
    EXPECT_EQ(all["certificates"][1]["experiment"], "drop-point");
    Json without = to_json(kept);
    without.erase("certificates");
    EXPECT_EQ(joined(without, to_json(more)).at("certificates").size(), 1u);
}

TEST(Series, keeps_each_note_once) {
    Series kept = three_versions(), more = one_more(235, 335);
    kept.notes = {"the kernel lies at one address"};
    more.notes = {"the kernel lies at one address", "another"};
    EXPECT_EQ(joined(to_json(kept), to_json(more)).at("notes"),
              Json({"the kernel lies at one address", "another"}));
}

TEST(Series, says_why_a_document_is_none_that_can_be_gone_on_with) {
    const Json kept = to_json(three_versions());
    EXPECT_EQ(why_not_kept(kept, "6.12"), "");
    EXPECT_THAT(why_not_kept(kept, "6.1"), HasSubstr("it is of \"6.12\", not of 6.1"));
    for (const auto& [key, value] :
         std::vector<std::pair<std::string, Json>>{{"schema_version", 2},
                                                   {"subjects", Json::array()},
                                                   {"steps", Json::array()},
                                                   {"left_out", "none"},
                                                   {"left_out", {1}},
                                                   {"certificates", 7},
                                                   {"notes", {nullptr}}}) {
        Json broken = kept;
        broken[key] = value;
        EXPECT_NE(why_not_kept(broken, "6.12"), "") << key;
    }
    Json short_of_one = kept;
    short_of_one["paths"][0]["values"].erase(0);
    EXPECT_THAT(why_not_kept(short_of_one, "6.12"), HasSubstr("closed-port"));
    EXPECT_THROW(why_not_kept(Json::array(), "6.12"), Json::exception);
}

TEST(Series, takes_nothing_of_another_series_or_that_begins_elsewhere) {
    Json more = to_json(one_more(235, 335));
    more["series"] = "6.1";
    EXPECT_THROW(joined(to_json(three_versions()), more), Error);
    EXPECT_THROW(joined(to_json(one_more(235, 335)), to_json(three_versions())), Error);
}

TEST(Series, is_kept_without_the_functions_of_paths_that_did_not_change) {
    const Json series = to_json(three_versions()), kept = for_keeping(series);
    expect_schema(kept, "series");
    for (const Json& step : kept.at("steps"))
        for (const Json& path : step.at("paths")) expect_schema(path, "diff", "path");
    EXPECT_EQ(kept.at("paths"), series.at("paths"));
    EXPECT_EQ(in_words(kept), in_words(series));
    const Json& changed = kept.at("steps")[1].at("paths");
    EXPECT_EQ(changed[0].at("functions")[0].at("function"), "siphash_1u64");
    EXPECT_TRUE(changed[1].at("functions").empty());
}

TEST(Series, names_the_functions_of_what_changed_and_of_nothing_else) {
    EXPECT_THAT(functions_told(three_versions().steps[1].paths), ElementsAre("siphash_1u64"));
    EXPECT_THAT(functions_told(three_versions().steps[0].paths), testing::IsEmpty());
}

}  // namespace
}  // namespace rxlab
