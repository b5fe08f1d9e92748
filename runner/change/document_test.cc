// SPDX-License-Identifier: GPL-2.0
#include "change/document.h"

#include "experiment/test_schema.h"

#include <gmock/gmock.h>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

ComparedMetric metric(double before, double after, Verdict verdict) {
    ComparedMetric made;
    made.name = "path.instructions_per_packet";
    made.unit = "instructions/packet";
    made.before = before;
    made.after = after;
    made.difference = after - before;
    made.ratio = after / before;
    made.ci_low = after / before - 0.0001;
    made.ci_high = after / before + 0.0001;
    made.n = 3;
    made.verdict = verdict;
    return made;
}

RoundStacks with_siphash(uint64_t siphash, uint64_t lookup) {
    return {{{"icmp;getpeer", 4000}},
            {{"icmp;getpeer", 4000},
             {"icmp;getpeer;siphash_1u64", siphash},
             {"icmp;getpeer;lookup", lookup}},
            100,
            100};
}

PathChange closed_port(Verdict verdict = Verdict::worse) {
    return path_change("drop-point", "closed-port", metric(7000, 7193.5, verdict),
                       {with_siphash(13500, 4200), with_siphash(13500, 4000)});
}

TEST(PathChange, has_the_mean_of_its_rounds_and_what_they_have_at_least_and_at_most) {
    const PathChange path = closed_port();
    ASSERT_THAT(path.found.functions, SizeIs(2));
    EXPECT_EQ(path.found.functions[0].function, "siphash_1u64");
    EXPECT_DOUBLE_EQ(path.found.functions[0].difference(), 135);
    EXPECT_EQ(path.found.functions[1].function, "lookup");
    EXPECT_DOUBLE_EQ(path.found.functions[1].difference(), 41);
    EXPECT_DOUBLE_EQ(path.found.functions[1].low, 40);
    EXPECT_DOUBLE_EQ(path.found.functions[1].high, 42);
}

TEST(PathChange, names_the_functions_that_make_the_difference) {
    EXPECT_EQ(sentence_of(closed_port()),
              "closed-port: +193.5 instructions per packet, 7000.0 to 7193.5, 1.0276x (1.0275 to "
              "1.0277): siphash_1u64 +135.0 (new), lookup +41.0 (new)");
}

TEST(PathChange, names_no_function_where_no_change_is_told) {
    EXPECT_THAT(sentence_of(closed_port(Verdict::same)), Not(HasSubstr("siphash")));
    EXPECT_THAT(sentence_of(closed_port(Verdict::inconclusive)), HasSubstr("inconclusive"));
}

TEST(PathChange, with_a_fault_tells_the_fault) {
    PathChange path = closed_port(Verdict::invalid);
    path.faults = {"2 of 3 trials: conservation failed"};
    EXPECT_EQ(sentence_of(path), "closed-port: 2 of 3 trials: conservation failed");
}

TEST(PathChange, has_the_difference_of_the_figures_beside_it) {
    ComparedMetric metric;
    metric.unit = "instructions/packet";
    metric.before = 100;
    metric.after = 110;
    metric.difference = 12;  // the median of the rounds' differences
    metric.ratio = 1.1;
    const Json path = to_json(path_change("drop-point", "closed-port", metric, {}));
    EXPECT_EQ(path.at("difference"), 10.0);
    EXPECT_THAT(path.at("sentence").get<std::string>(), HasSubstr("+10.0 instructions"));
}

Diff of(std::vector<PathChange> paths, double allowed = 0) {
    Diff diff{
        {"6.12.107", "", {}, "", {}}, {"6.12.117", "", {}, "", {}}, "rxlab diff", std::move(paths)};
    conclude(diff, allowed);
    return diff;
}

PathChange same(const std::string& name) {
    return path_change("drop-point", name, metric(100, 100, Verdict::same), {with_siphash(0, 0)});
}

TEST(Diff, tells_first_what_changed_most) {
    PathChange little = closed_port();
    little.path = "little";
    little.metric = metric(7000, 7010, Verdict::worse);
    const Diff diff = of({same("a"), little, same("b"), closed_port()});
    std::vector<std::string> names;
    for (const PathChange& path : diff.paths) names.push_back(path.path);
    EXPECT_THAT(names, ElementsAre("closed-port", "little", "a", "b"));
    EXPECT_EQ(diff.verdict, Verdict::worse);
    EXPECT_EQ(headline_of(diff), "6.12.117 against 6.12.107: 2 of 4 paths changed");
}

TEST(Diff, of_nothing_that_changed_says_so) {
    EXPECT_EQ(headline_of(of({same("a")})), "6.12.117 against 6.12.107: same on 1 path");
    EXPECT_EQ(to_json(of({same("a")})).at("status"), 0);
}

TEST(Diff, bears_in_its_exit_status_what_is_allowed_and_tells_it_all_the_same) {
    PathChange little = closed_port();
    little.metric = metric(7000, 7010, Verdict::worse);
    EXPECT_EQ(of({little}).status, 1);
    const Diff allowed = of({little}, 0.01);
    EXPECT_EQ(allowed.status, 0);
    EXPECT_EQ(allowed.verdict, Verdict::worse);
    EXPECT_EQ(to_json(allowed).at("status"), 0);
    EXPECT_EQ(of({little, closed_port()}, 0.01).status, 1);
    PathChange faulty = little;
    faulty.metric.verdict = Verdict::invalid;
    EXPECT_EQ(of({faulty}, 0.01).status, of({faulty}).status);
}

TEST(Diff, as_a_document_has_the_functions_of_each_path) {
    const Json json = to_json(of({closed_port()}));
    expect_schema(json, "diff");
    const Json& path = json.at("paths")[0];
    EXPECT_EQ(path.at("functions")[0].at("function"), "siphash_1u64");
    EXPECT_EQ(path.at("functions")[0].at("state"), "new");
    EXPECT_EQ(path.at("shares").at("path").at("difference"), 176);
    EXPECT_EQ(json.at("status"), 1);
    EXPECT_FALSE(path.at("functions")[0].contains("source"));
}

TEST(Diff, as_a_document_has_a_function_s_source_where_that_is_known) {
    PathChange path = closed_port();
    add_sources(
        path.found,
        [](const std::string&) {
            return SourcePlace{"before.c", 1};
        },
        [](const std::string& function) -> std::optional<SourcePlace> {
            if (function != "siphash_1u64") return {};
            return SourcePlace{"lib/siphash.c", 235};
        });
    const Json json = to_json(of({path}));
    expect_schema(json, "diff");
    const Json& functions = json.at("paths")[0].at("functions");
    EXPECT_EQ(functions[0].at("source"), Json({{"file", "lib/siphash.c"}, {"line", 235}}));
    EXPECT_FALSE(functions[1].contains("source"));
}

TEST(Sources, of_a_function_that_vanished_are_the_earlier_subject_s) {
    Differences found;
    found.functions = {{Share::path, "gone", 5, 0}, {Share::path, "there", 5, 6}};
    add_sources(
        found,
        [](const std::string& name) {
            return SourcePlace{"old/" + name, 1};
        },
        [](const std::string& name) {
            return SourcePlace{"new/" + name, 2};
        });
    EXPECT_EQ(found.functions[0].source, (SourcePlace{"old/gone", 1}));
    EXPECT_EQ(found.functions[1].source, (SourcePlace{"new/there", 2}));
}

}  // namespace
}  // namespace rxlab
