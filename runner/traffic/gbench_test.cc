// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "metrics/metric.h"
#include "sys/fake_sys.h"
#include "traffic/kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <sstream>

namespace rxlab {
namespace {

using ::testing::HasSubstr;

const std::string kName = "ring/cached/copy/size:64/batch:32/threads:2";

/// What Google Benchmark 1.7.1 printed (testdata/).
std::string recorded(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(std::string(RXLAB_SOURCE) + "/runner/traffic/testdata/" + file).rdbuf();
    return text.str();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

class GbenchTest : public ::testing::Test {
protected:
    GbenchTest() {
        ::setenv("RXLAB_BENCH", "/b", 1);
        sys.files["/b/ring_bench"] = "";
        sys.on_run = [this](FakeSys&, const FakeSys::Command& command) {
            commands.push_back(command.argv);
            if (command.argv[1] == "--benchmark_list_tests=true") return listed;
            if (outputs.empty()) return ran;
            const CommandResult next{0, outputs.front(), ""};
            outputs.pop_front();
            return next;
        };
    }
    ~GbenchTest() override { ::unsetenv("RXLAB_BENCH"); }

    TrafficReport send(const std::string& output) {
        ran.out = output;
        const auto traffic = make_gbench(sys, journal, {}, parameters, 42);
        traffic->prepare(0);
        TrafficReport sent = traffic->send();
        EXPECT_EQ(traffic->sinks.size(), 1u);
        right = traffic->sinks[0].read();
        return sent;
    }

    std::string refusal(const std::function<void()>& act, Status status) {
        try {
            act();
        } catch (const Error& error) {
            EXPECT_EQ(error.status(), status) << error.what();
            return std::string(error.what()) + " -> " + error.next();
        }
        return "accepted";
    }
    std::string sending_refused(const std::string& output) {
        return refusal([&] { send(output); }, Status::invalid);
    }
    std::string required_refused() {
        return refusal([&] { require_gbench(sys, parameters); }, Status::usage);
    }

    FakeSys sys;
    Journal journal{sys, ""};
    Json parameters{{"kind", "gbench"},
                    {"program", "ring_bench"},
                    {"benchmark", "ring/cached"},
                    {"mode", "copy"},
                    {"size", 64},
                    {"batch", 32},
                    {"threads", 2}};
    CommandResult ran,
        listed{0, "ring/cached/copy/size:64/batch:32/threads:1\n" + kName + "\n", ""};
    std::deque<std::string> outputs;  ///< of the next starts; then `ran`
    std::vector<std::vector<std::string>> commands;
    uint64_t right = 0;
};

TEST_F(GbenchTest, starts_the_program_with_that_benchmark_and_no_other) {
    parameters.merge_patch({{"benchmark", "a.b+c(d)[e]"},
                            {"min_time", 0.5},
                            {"repetitions", 3},
                            {"timeout", 7},
                            {"threads", nullptr}});
    sending_refused(recorded("gbench.json"));  // another benchmark's
    ASSERT_EQ(commands.size(), 1u);
    EXPECT_EQ(commands[0][0], "/b/ring_bench");
    EXPECT_EQ(commands[0][1], R"(--benchmark_filter=^a\.b\+c\(d\)\[e\]/copy/size:64/batch:32$)");
    EXPECT_THAT(commands[0],
                ::testing::IsSupersetOf({"--benchmark_format=json", "--benchmark_min_time=0.5",
                                         "--benchmark_repetitions=3"}));
    EXPECT_THAT(sys.limits, ::testing::ElementsAre(7)) << "it does not run for ever";
}

TEST_F(GbenchTest, tells_the_median_repetition_and_what_lies_between_the_ends) {
    std::vector<double> ns;
    double all = 0;
    const Json document = Json::parse(recorded("gbench.json"));
    for (const Json& run : document["benchmarks"]) {
        if (run["run_type"] != "iteration") continue;
        const double records = run["records_sent"];
        ns.push_back(run["real_time"].get<double>() * run["iterations"].get<double>() / records);
        all += records;
    }
    const TrafficReport sent = send(recorded("gbench.json"));
    EXPECT_THAT(sent.raw["ns_per_record"].get<std::vector<double>>(),
                ::testing::ElementsAreArray(ns))
        << "in the order they came";
    std::sort(ns.begin(), ns.end());
    EXPECT_EQ(sent.packets, all);
    EXPECT_EQ(right, all);
    EXPECT_NEAR(static_cast<double>(sent.busy_ns) / static_cast<double>(sent.busy_packets), ns[1],
                1e-4);
    EXPECT_DOUBLE_EQ(sent.metrics.at("bench.spread_ns_per_record"), ns[2] - ns[0]);
    EXPECT_GT(sent.overlap, 0.5);
    EXPECT_LT(sent.overlap, 1) << "two threads on two CPUs that others use too";
    for (const auto& [name, value] : sent.metrics)
        EXPECT_TRUE(std::string(metric_row(name).pattern).starts_with("bench.")) << name;
}

TEST_F(GbenchTest, keeps_the_library_s_context_but_not_whose_machine_it_is) {
    const Json context = send(recorded("gbench.json")).raw["context"];
    for (const char* key : {"cpu_scaling_enabled", "load_avg", "library_build_type", "num_cpus"})
        EXPECT_TRUE(context.contains(key)) << key;
    EXPECT_FALSE(context.contains("host_name"));
}

TEST_F(GbenchTest, times_are_in_the_unit_that_is_said) {
    const double ns = send(recorded("gbench.json")).raw["ns_per_record"][0];
    EXPECT_DOUBLE_EQ(
        send(replaced(recorded("gbench.json"), R"("time_unit": "ns")", R"("time_unit": "us")"))
            .raw["ns_per_record"][0],
        1000 * ns);
    EXPECT_THAT(sending_refused(replaced(recorded("gbench.json"), R"("time_unit": "ns")",
                                         R"("time_unit": "h")")),
                HasSubstr("unknown time_unit 'h'"));
}

TEST_F(GbenchTest, records_that_were_not_right_are_in_no_sink) {
    const uint64_t sent = send(recorded("gbench.json")).packets;
    const std::string right_ones = R"("records_right": 6.)";
    send(replaced(recorded("gbench.json"), right_ones, R"("records_right": 5.)"));
    EXPECT_LT(right, sent);
}

/// What was recorded, but that its threads had a CPU for that share of the time.
std::string on_cpu(double share) {
    Json document = Json::parse(recorded("gbench.json"));
    for (Json& run : document["benchmarks"])
        run["cpu_time"] = share * run["real_time"].get<double>() * run["threads"].get<double>();
    return document.dump();
}

TEST_F(GbenchTest, a_start_that_shared_its_cpus_is_made_again_and_counted) {
    const TrafficReport undisturbed = send(on_cpu(0.9));
    outputs = {on_cpu(0.4), on_cpu(0.1)};
    const TrafficReport sent = send(on_cpu(0.9));
    EXPECT_EQ(commands.size(), 1u + 3u);
    EXPECT_DOUBLE_EQ(sent.overlap, 0.9);
    EXPECT_EQ(sent.metrics.at("bench.disturbed_starts"), 2);
    EXPECT_DOUBLE_EQ(sent.raw["disturbed"][1]["on_cpu"], 0.1);
    EXPECT_EQ(sent.raw["ns_per_record"], undisturbed.raw["ns_per_record"])
        << "the last start's alone";
    EXPECT_EQ(sent.packets, undisturbed.packets);
    EXPECT_EQ(right, sent.packets) << "as many as the last start sent";
    EXPECT_EQ(undisturbed.metrics.at("bench.disturbed_starts"), 0);
}

TEST_F(GbenchTest, where_every_start_is_disturbed_the_last_one_stands_for_the_check) {
    const TrafficReport sent = send(on_cpu(0.3));
    EXPECT_EQ(commands.size(), 4u);
    EXPECT_DOUBLE_EQ(sent.overlap, 0.3);
    EXPECT_EQ(sent.metrics.at("bench.disturbed_starts"), 3);
    EXPECT_EQ(right, sent.packets);
}

TEST_F(GbenchTest, refuses_a_benchmark_that_failed) {
    parameters["repetitions"] = 1;
    EXPECT_THAT(sending_refused(recorded("gbench-error.json")),
                HasSubstr(kName + ": the benchmark failed: wrong records"));
}

TEST_F(GbenchTest, refuses_output_that_is_cut_short_or_none) {
    const std::string good = recorded("gbench.json");
    EXPECT_THAT(sending_refused(good.substr(0, good.size() / 2)), HasSubstr("no JSON document"));
    EXPECT_THAT(sending_refused("speed over that of the best peer\n"),
                HasSubstr("no JSON document, it begins 'speed over that of the best peer'"));
    EXPECT_THAT(sending_refused(""), HasSubstr("no JSON document"));
    EXPECT_THAT(sending_refused("[1, 2]"), HasSubstr("no context"));
    EXPECT_THAT(sending_refused(R"({"context": {}, "benchmarks": [7]})"),
                HasSubstr("without the text 'run_type'"));
}

TEST_F(GbenchTest, refuses_another_benchmark_s_figures) {
    parameters["batch"] = 1;
    EXPECT_THAT(
        sending_refused(recorded("gbench.json")),
        HasSubstr("it ran '" + kName + "', expected 'ring/cached/copy/size:64/batch:1/threads:2'"));
}

TEST_F(GbenchTest, refuses_other_than_the_repetitions_asked_for) {
    parameters["repetitions"] = 5;
    EXPECT_THAT(sending_refused(recorded("gbench.json")), HasSubstr("3 repetitions, expected 5"));
}

TEST_F(GbenchTest, refuses_a_program_that_counts_no_records) {
    EXPECT_THAT(sending_refused(replaced(recorded("gbench.json"), "records_sent", "items")),
                HasSubstr("without the number 'records_sent'"));
    EXPECT_THAT(sending_refused(replaced(recorded("gbench.json"), "records_right", "items")),
                HasSubstr("without the number 'records_right'"));
}

TEST_F(GbenchTest, a_program_that_fails_is_told_in_its_own_words) {
    ran = {1, "", "no memory\n"};
    EXPECT_THAT(
        refusal([&] { make_gbench(sys, journal, {}, parameters, 1)->send(); }, Status::invalid),
        HasSubstr("exit status 1: no memory"));
    ran.status = 130;
    refusal([&] { make_gbench(sys, journal, {}, parameters, 1)->send(); }, Status::interrupted);
}

TEST_F(GbenchTest, requires_the_program) {
    require_gbench(sys, parameters);
    sys.files.clear();
    EXPECT_THAT(required_refused(), HasSubstr("no program /b/ring_bench -> make bench-build"));
}

TEST_F(GbenchTest, requires_the_benchmark_and_says_which_peers_were_left_out) {
    parameters["benchmark"] = "ring/cachd";
    EXPECT_THAT(
        required_refused(),
        HasSubstr("no benchmark 'ring/cachd/copy/size:64/batch:32/threads:2' -> did you mean '" +
                  kName + "'?"));
    parameters["benchmark"] = "peer/boost";
    listed.err = "peers left out, not installed when this was built: boost::lockfree\n";
    EXPECT_THAT(required_refused(),
                HasSubstr("'peer/boost/copy/size:64/batch:32/threads:2'; it says: peers left out, "
                          "not installed when this was built: boost::lockfree"));
}

TEST_F(GbenchTest, is_described_by_its_command) {
    EXPECT_THAT(describe_gbench(parameters),
                HasSubstr("run /b/ring_bench --benchmark_filter=^" + kName + "$"));
}

}  // namespace
}  // namespace rxlab
