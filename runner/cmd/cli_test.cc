// SPDX-License-Identifier: GPL-2.0
// The command line as a person meets it: the built binary, its words and its exit status.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "base/fd.h"
#include "base/json.h"
#include "cmd/catalogue.h"
#include "compare/compare.h"
#include "experiment/experiment_json.h"
#include "plan/plan.h"
#include "sys/process.h"
#include "sys/sys.h"

namespace rxlab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

CommandResult rxlab(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), std::string(RXLAB_BUILD) + "/rxlab");
    return real_sys().run(arguments);
}

/// A folder of the test's own, gone afterwards.
class Cli : public testing::Test {
protected:
    Cli() { fs::create_directories(folder_); }
    ~Cli() override { fs::remove_all(folder_); }
    std::string file(const std::string& name, const std::string& text) {
        std::ofstream(folder_ / name) << text;
        return folder_ / name;
    }
    fs::path folder_ = fs::temp_directory_path() / ("rxlab-cli-test-" + std::to_string(::getpid()));
};

TEST_F(Cli, help_names_every_command_and_the_exit_statuses) {
    const CommandResult ran = rxlab({"--help"});
    EXPECT_EQ(ran.status, 0);
    for (const char* command :
         {"list",    "show",      "plan",    "run",     "merge",    "compare", "report",
          "certify", "attribute", "bundle",  "nightly", "frames",   "xdp",     "shell",
          "doctor",  "restore",   "profile", "advise",  "syscalls", "history"})
        EXPECT_THAT(ran.out, HasSubstr(command));
    EXPECT_THAT(ran.out, HasSubstr("130 interrupted"));
    EXPECT_THAT(ran.out, testing::Not(HasSubstr("agent")));
}

TEST_F(Cli, tells_its_version) {
    const CommandResult ran = rxlab({"--version"});
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.out, testing::MatchesRegex("rxlab .+\n"));
}

TEST_F(Cli, without_a_command_shows_which_there_are) {
    const CommandResult all = rxlab({}), xdp = rxlab({"xdp"});
    EXPECT_EQ(all.status, 2);
    EXPECT_EQ(all.out, rxlab({"--help"}).out);
    EXPECT_EQ(xdp.status, 2);
    EXPECT_EQ(xdp.out, rxlab({"xdp", "--help"}).out);
}

TEST_F(Cli, help_is_a_command_too) {
    EXPECT_EQ(rxlab({"help"}).out, rxlab({"--help"}).out);
    const CommandResult rules = rxlab({"help", "xdp", "rules", "add"});
    EXPECT_EQ(rules.status, 0);
    EXPECT_EQ(rules.out, rxlab({"xdp", "rules", "add", "--help"}).out);
    EXPECT_EQ(rxlab({"help", "nonsense"}).status, 2);
}

TEST_F(Cli, xdp_tells_how_rules_are_written_where_they_are) {
    EXPECT_THAT(rxlab({"xdp", "rules", "add", "--help"}).out, HasSubstr("One rule in words"));
    EXPECT_THAT(rxlab({"xdp", "rules", "delete", "--help"}).out, HasSubstr("its number"));
    EXPECT_THAT(rxlab({"xdp", "unload", "--help"}).out, testing::Not(HasSubstr("One rule in")));
}

TEST_F(Cli, what_a_stranger_s_experiment_would_do_as_root_is_refused_by_plan_and_run) {
    const std::string experiment = file("x.json", R"({
        "name": "x", "question": "q", "lanes": ["timed"], "mechanism": ["latency"],
        "topology": {"kind": "veth"}, "traffic": {"kind": "live_frames", "packets": 100},
        "collectors": [], "primary": ["ns_per_packet"],
        "arms": [{"name": "a", "baseline": true},
                 {"name": "b", "knobs": {"sysctl:kernel.core_pattern": "|/tmp/x"}}]})");
    for (const char* command : {"plan", "run"}) {
        const CommandResult ran = rxlab({command, experiment, "--target", "host"});
        EXPECT_EQ(ran.status, 2) << ran.out;
        EXPECT_THAT(ran.err, HasSubstr("sysctl:kernel.core_pattern reaches beyond"));
    }
    EXPECT_EQ(rxlab({"plan", experiment, "--target", "host", "--trust"}).status, 0);
}

TEST_F(Cli, frames_reads_standard_input_and_counts_what_it_leaves_out) {
    const std::string header("\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0\0", 24);
    const auto record = [](char captured, char length) {
        std::string bytes(16, '\0');
        bytes[8] = captured;
        bytes[12] = length;
        return bytes + std::string(static_cast<size_t>(captured), 'a');
    };
    const std::vector<std::string> argv{std::string(RXLAB_BUILD) + "/rxlab", "frames", "-"};
    const std::string capture = header + record(60, 60) + record(60, 90);
    const CommandResult refused = real_sys().run(argv, capture);
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, HasSubstr("standard input has 60 of the 90 bytes of frame 2"));
    std::vector<std::string> skipping = argv;
    skipping.push_back("--skip");
    const CommandResult ran = real_sys().run(skipping, capture);
    EXPECT_EQ(ran.status, 0);
    EXPECT_EQ(Json::parse(ran.out).size(), 1u);
    EXPECT_EQ(ran.err, "rxlab: 1 left out: cut off\n");
}

TEST_F(Cli, a_misspelt_command_gets_the_nearest_one) {
    const CommandResult ran = rxlab({"certfy"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_EQ(ran.err,
              "rxlab: unknown command 'certfy'\n  next: did you mean 'certify'? 'rxlab --help' "
              "lists the commands\n");
}

TEST_F(Cli, a_misspelt_experiment_gets_the_nearest_one) {
    const CommandResult ran = rxlab({"plan", "drop-piont"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_EQ(ran.err,
              "rxlab: no experiment 'drop-piont' in experiments/\n  next: did you mean "
              "'drop-point'? 'rxlab list' shows them all\n");
}

TEST_F(Cli, a_knob_that_would_not_outlive_the_command_is_not_set) {
    const CommandResult ran = rxlab({"knob", "pm_qos:cpu_dma_latency", "0"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("knob pm_qos:cpu_dma_latency: it would be as before"));
}

TEST_F(Cli, a_missing_file_is_named) {
    const CommandResult ran = rxlab({"show", "/nonexistent/x.json"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("/nonexistent/x.json: cannot be read"));
}

TEST_F(Cli, a_folder_is_not_an_experiment) {
    const CommandResult ran = rxlab({"show", "/tmp/"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("it is a folder"));
}

TEST_F(Cli, an_experiment_that_never_ends_is_not_read_to_its_end) {
    const CommandResult ran = rxlab({"show", "/dev/zero"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("/dev/zero: larger than the 16 MiB that it may have"));
}

TEST_F(Cli, an_empty_device_is_no_experiment) {
    EXPECT_EQ(rxlab({"show", "/dev/null"}).status, 2);
}

TEST_F(Cli, waiting_for_a_pipe_can_be_interrupted) {
    const std::string pipe = folder_ / "pipe.json", said = folder_ / "said";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    // May come again, as one has to that came just before the read; a second SIGTERM ends it at
    // once. Under nohup it is ignored.
    const auto before = std::signal(SIGHUP, SIG_DFL);
    for (const char* command : {"show", "compare", "frames"}) {
        Process waiting({.argv = {std::string(RXLAB_BUILD) + "/rxlab", command, pipe},
                         .stdout_path = said,
                         .stderr_path = said});
        Fd writer;  // can be had once it reads
        while (!writer && !waiting.wait(0.01))
            writer = Fd(::open(pipe.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
        while (!waiting.wait(0.01)) ::kill(waiting.pid(), SIGHUP);
        EXPECT_EQ(describe_exit(waiting.status()), "exit status 130") << command;
    }
    std::signal(SIGHUP, before);
}

TEST_F(Cli, bad_json_is_told_with_its_place) {
    const CommandResult ran =
        rxlab({"show", file("bad.json", "{\n  \"name\": \"bad\",\n  \"arms\": [\n}\n")});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("bad.json:4:"));
}

TEST_F(Cli, a_rules_file_has_a_largest_size) {
    const std::string rules = file("rules.json", "{\"rules\": [");
    fs::resize_file(rules, (16 << 20) + 1);
    const CommandResult ran = rxlab({"xdp", "load", "nosuch0", "--rules", rules});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("rules.json: larger than the 16 MiB that it may have\n"
                                   "  next: a filter takes 32767 rules"));
}

TEST_F(Cli, a_rules_file_that_is_a_folder_is_named) {
    const CommandResult ran = rxlab({"xdp", "load", "nosuch0", "--rules", folder_});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr(": cannot be read"));
}

TEST_F(Cli, an_interface_that_is_named_twice_is_refused_before_any_is_changed) {
    const std::string rules = file("rules.json", "{\"rules\": []}");
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"load", "nosuch0,nosuch0", "--rules", rules},
          {"rules", "add", "nosuch0,nosuch0", "drop", "tcp"},
          {"rules", "set", "nosuch0,nosuch0", rules},
          {"unload", "nosuch0,nosuch0"}}) {
        std::vector<std::string> argv{"xdp"};
        argv.insert(argv.end(), words.begin(), words.end());
        const CommandResult ran = rxlab(argv);
        EXPECT_EQ(ran.status, 2);
        EXPECT_THAT(ran.err, HasSubstr("nosuch0 is named twice"));
    }
}

TEST_F(Cli, an_unknown_arm_is_a_usage_error) {
    const CommandResult ran = rxlab({"plan", "drop-point", "--arm", "xdp-natve"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("xdp-native"));
}

TEST_F(Cli, a_search_is_refused_before_anything_is_made) {
    const fs::path out = folder_ / "out";
    const auto tuned = [&](const std::string& text, std::vector<std::string> more = {}) {
        std::vector<std::string> words{
            "tune", "known-effect", "--space", file("space.json", text), "--out", out};
        words.insert(words.end(), more.begin(), more.end());
        const CommandResult ran = rxlab(words);
        EXPECT_EQ(ran.status, 2) << text;
        EXPECT_FALSE(fs::exists(out)) << text;
        return ran.err;
    };
    const char* good = R"({"name": "x", "knobs": {"/traffic/packets": [100, 200]}})";
    EXPECT_THAT(tuned("{"), HasSubstr("space.json:1:"));
    EXPECT_THAT(tuned(R"({"name": "x", "knobs": {"/traffic/packets": [100, "many"]}})"),
                HasSubstr("space x: /traffic/packets \"many\": "));
    EXPECT_THAT(tuned(R"({"name": "x", "knobs": {"/knobs/sysct:a": [1, 2]}})"),
                HasSubstr("space x: /knobs/sysct:a 1: "));
    EXPECT_THAT(tuned(R"({"name": "x", "knobs": {"/topology/pears": [1, 2]}})"),
                HasSubstr("space x: /topology/pears 1: "));
    EXPECT_THAT(tuned(R"({"name": "x", "knobs": {"/traffic/packets": [100, 200]},
                          "exclude": [{"/traffic/packets": [100, 200]}]})"),
                HasSubstr("every point is excluded"));
    EXPECT_THAT(tuned(good, {"--metric", "frame_age.p50"}),
                HasSubstr("is of the collector 'frame_age', which known-effect has not"));
    EXPECT_THAT(tuned(good, {"--arm", "planted-5"}), HasSubstr("--from ARM"));
    EXPECT_THAT(tuned(good, {"--from", "nobody"}), HasSubstr("no arm 'nobody'"));
    EXPECT_THAT(tuned(good, {"--metric", "packets_sent"}), HasSubstr("not ranked"));
    EXPECT_THAT(tuned(good, {"--trials", "2"}), HasSubstr("2 points take 3 trials"));
    EXPECT_THAT(tuned(R"({"name": "x", "knobs": {"/traffic/packets": [100, 200]},
                          "guards": {"packets_sent": 1}})"),
                HasSubstr("less or more is better"));
    const std::string front = R"({"name": "x", "knobs": {"/traffic/packets": [100, 200]},
        "objective": {"pareto": ["instructions_per_packet", "ns_per_packet"]}})";
    EXPECT_THAT(tuned(front), HasSubstr("space x: ns_per_packet: the counted lane does not rank"));
    EXPECT_THAT(tuned(front, {"--metric", "ns_per_packet"}), HasSubstr("two metrics decide"));
    EXPECT_THAT(tuned(front, {"--exhaustive"}), HasSubstr("no one gain"));
    EXPECT_THAT(rxlab({"tune", "known-effect", "--space", "rxnic-notfy"}).err,
                HasSubstr("did you mean 'rxnic-notify'"));
}

/// Settings of a network namespace of the test's own.
class CliApply : public Cli {
protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    }
    /// A shell in the namespace, where $apply is the command and "value" prints the setting.
    CommandResult in_namespace(const std::string& script) {
        const std::string words =
            "set -e; export RXLAB_STATE=" + folder_.string() + "/state; apply='" + RXLAB_BUILD +
            "/rxlab apply'; value() { cat /proc/sys/net/ipv4/ip_forward; }; cd " +
            folder_.string() + "; echo 0 > /proc/sys/net/ipv4/ip_forward\n";
        return real_sys().run({"unshare", "--net", "bash", "-c", words + script});
    }
    const std::string settings_ = file("settings.json", R"({"name": "forward", "knobs": {
        "sysctl:net.ipv4.ip_forward": 1, "sysctl:net.ipv4.conf.lo.forwarding": 1}})");
};

TEST_F(CliApply, what_is_kept_stays_until_it_is_taken_back) {
    const CommandResult ran =
        in_namespace("$apply settings.json >/dev/null; value; " RXLAB_BUILD
                     "/rxlab restore >/dev/null; value; $apply --undo; value");
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ran.out, "1\n1\n2 of 2 settings taken back\n0\n");
}

TEST_F(CliApply, what_nobody_confirms_is_undone) {
    const CommandResult ran =
        in_namespace("$apply settings.json --for 1s </dev/null || echo status $?; value");
    EXPECT_THAT(ran.out, HasSubstr("set sysctl:net.ipv4.ip_forward: 0 -> 1\n"));
    EXPECT_THAT(ran.out, testing::EndsWith("status 3\n0\n"));
    EXPECT_THAT(ran.err, HasSubstr("nobody said 'keep' within 1s: undone"));
}

TEST_F(CliApply, what_is_confirmed_stays) {
    const CommandResult ran =
        in_namespace("echo keep | $apply settings.json --for 1h >/dev/null; value; $apply --undo");
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ran.out, "1\n2 of 2 settings taken back\n");
}

TEST_F(CliApply, a_lost_connection_undoes) {
    const CommandResult ran = in_namespace(
        "mkfifo said; env --default-signal=HUP $apply settings.json --for 1h </dev/null >said & "
        "read -r line <said; "
        "kill -HUP $!; wait $! || echo status $?; value");
    EXPECT_EQ(ran.out, "status 130\n0\n") << ran.err;
}

TEST_F(CliApply, all_or_nothing) {
    file("settings.json", R"({"name": "forward", "knobs": {
        "sysctl:net.ipv4.ip_forward": 1, "sysctl:net.ipv4.tcp_wmem": "-1 -1 -1"}})");
    const CommandResult ran = in_namespace("$apply settings.json || echo status $?; value");
    EXPECT_THAT(ran.out, testing::EndsWith("0\n"));
    EXPECT_THAT(ran.err, HasSubstr("tcp_wmem"));
    EXPECT_FALSE(fs::exists(folder_ / "state/kept/journal.jsonl"));
}

TEST_F(CliApply, a_dry_run_and_files_for_the_next_start_change_nothing) {
    const CommandResult ran = in_namespace(
        "$apply settings.json --dry-run; $apply settings.json --write form; value; "
        "cat form/etc/sysctl.d/90-rxlab-forward.conf");
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("would set sysctl:net.ipv4.ip_forward: 0 -> 1\n"));
    EXPECT_THAT(ran.out, HasSubstr("form/README.md\n0\n"));
    EXPECT_THAT(ran.out, HasSubstr("net.ipv4.ip_forward = 1\n"));
}

TEST_F(CliApply, an_experiment_s_interface_is_said) {
    file("settings.json", R"({"name": "forward", "knobs": {
        "sysctl:@dut:net/ipv4/conf/@dut/forwarding": 1}})");
    EXPECT_THAT(in_namespace("$apply settings.json").err,
                HasSubstr("'@dut' is an interface of an experiment"));
    const CommandResult ran = in_namespace("$apply settings.json --interface lo; $apply --undo");
    EXPECT_EQ(ran.out,
              "set sysctl:net/ipv4/conf/lo/forwarding: 0 -> 1\n"
              "1 of 1 settings taken back\n")
        << ran.err;
}

TEST_F(CliApply, what_reaches_beyond_the_receive_path_and_odd_times_are_refused) {
    file("beyond.json", R"({"name": "a", "knobs": {"sysctl:kernel.core_pattern": "core"}})");
    EXPECT_THAT(in_namespace("$apply beyond.json").err, HasSubstr("reaches beyond"));
    for (const char* time : {"0", "10x", "-1", "25h", "m"})
        EXPECT_THAT(in_namespace(std::string("$apply settings.json --for=") + time).err,
                    HasSubstr("expected a time of up to a day"))
            << time;
}

TEST_F(Cli, the_counted_lane_needs_a_guest) {
    const CommandResult ran =
        rxlab({"plan", "drop-point", "--target", "host", "--lane", "counted"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("--target vm"));
}

TEST_F(Cli, plan_is_json_and_the_same_every_time) {
    const CommandResult first = rxlab({"plan", "drop-point", "--json"}),
                        second = rxlab({"plan", "drop-point", "--json"});
    ASSERT_EQ(first.status, 0) << first.err;
    EXPECT_EQ(first.out, second.out);
    EXPECT_FALSE(Json::parse(first.out)["trials"].empty());
}

TEST_F(Cli, plan_warns_of_rounds_that_can_decide_nothing) {
    const Json few = Json::parse(rxlab({"plan", "drop-point", "--rounds", "5", "--json"}).out),
               enough = Json::parse(rxlab({"plan", "drop-point", "--rounds", "20", "--json"}).out);
    ASSERT_EQ(few["warnings"].size(), 1u);
    EXPECT_THAT(few["warnings"][0].get<std::string>(),
                HasSubstr("5 independent rounds decide nothing"));
    EXPECT_TRUE(enough["warnings"].empty());
    EXPECT_THAT(rxlab({"plan", "drop-point", "--rounds", "5"}).out, HasSubstr("next: --rounds N"));
}

TEST_F(Cli, plan_for_the_host_says_what_it_would_change) {
    const CommandResult ran = rxlab({"plan", "xdp-counter-maps", "--target", "host"});
    ASSERT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("rxlab-gen"));
    EXPECT_FALSE(fs::exists("/run/netns/rxlab-gen"));
}

TEST_F(Cli, list_is_json_with_every_table) {
    const CommandResult ran = rxlab({"list", "--json"});
    ASSERT_EQ(ran.status, 0) << ran.err;
    const Json json = Json::parse(ran.out);
    for (const char* kind : {"experiments", "spaces", "topologies", "traffic", "setups", "knobs",
                             "collectors", "metrics"})
        EXPECT_FALSE(json.at(kind).empty()) << kind;
    for (const Json& experiment : json["experiments"])
        EXPECT_FALSE(experiment.contains("error")) << experiment.dump();
}

TEST_F(Cli, compare_refuses_what_is_no_result) {
    const CommandResult ran = rxlab({"compare", file("half.json", "{\"schema_ver")});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("not a JSON document"));
}

TEST_F(Cli, a_wrong_kernel_path_is_a_usage_error) {
    const CommandResult ran =
        rxlab({"run", "drop-point", "--kernel", "/nonexistent/bzImage", "--out", folder_ / "out"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("/nonexistent/bzImage"));
    EXPECT_FALSE(fs::exists(folder_ / "out" / "result.json"));
}

TEST_F(Cli, an_unknown_kernel_is_told_once) {
    const CommandResult ran =
        rxlab({"run", "drop-point", "--kernel", "5.10", "--out", folder_ / "out"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("unknown kernel '5.10'"));
    EXPECT_THAT(ran.err, ::testing::Not(HasSubstr("archive")));
}

TEST_F(Cli, rounds_have_a_limit_that_is_told) {
    const CommandResult ran = rxlab({"plan", "drop-point", "--rounds", "0"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err + ran.out, HasSubstr("not in range 1 to 100000"));
}

TEST_F(Cli, a_users_interfaces_belong_to_the_host_target) {
    EXPECT_THAT(rxlab({"plan", "drop-point", "--interface", "a:b"}).err,
                HasSubstr("--target host"));
    EXPECT_THAT(rxlab({"plan", "drop-point", "--target", "host", "--interface", "lo"}).err,
                HasSubstr("GEN:DUT"));
}

TEST_F(Cli, no_number_of_a_trial_means_all_of_them) {
    for (const char* number : {"-1", "-2147483648", "x", "99999999999"}) {
        const CommandResult ran = rxlab({"run", "drop-point", "--trial", number});
        EXPECT_EQ(ran.status, 2) << number;
        EXPECT_THAT(ran.err, HasSubstr(std::string("--trial: Value ") + number +
                                       " is not a number from 0 on"));
    }
}

TEST_F(Cli, a_trial_that_is_not_in_the_plan_is_told_before_anything_is_prepared) {
    const CommandResult ran = rxlab({"run", "drop-point", "--trial", "99999", "--kernel", "5.10"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("the plan has no trial 99999"));
}

TEST_F(Cli, another_experiment_s_certificate_is_refused_before_anything_is_run) {
    const std::string certificate =
        file("cert.json",
             R"({"experiment": "null-aa", "ingredients": [], "observations_sha256": ["0"]})");
    const CommandResult ran =
        rxlab({"certify", "drop-point", "--against", certificate, "--kernel", "5.10"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("cert.json: a certificate of \"null-aa\", not of drop-point"));
}

TEST_F(Cli, bounds_are_told_as_they_are_written) {
    for (const char* seconds : {"0", "nan", "inf", "-nan", "86401"})
        EXPECT_THAT(
            rxlab({"run", "drop-point", "--timeout", seconds}).err,
            HasSubstr(std::string("--timeout: Value ") + seconds + " not in range 1 to 86400\n"));
}

TEST_F(Cli, an_empty_text_is_not_taken_for_none) {
    for (const char* option : {"--out", "--kernel", "--modules", "--cpu", "--interface"}) {
        const CommandResult ran = rxlab({"run", "drop-point", option, ""});
        EXPECT_EQ(ran.status, 2);
        EXPECT_EQ(ran.err, std::string(option) +
                               ": must not be empty\nRun with --help for more information.\n");
    }
    EXPECT_THAT(rxlab({"show", ""}).err, HasSubstr("EXPERIMENT: must not be empty"));
    EXPECT_THAT(rxlab({"show"}).err, HasSubstr("EXPERIMENT is required"));
}

TEST_F(Cli, an_experiment_of_a_night_that_fails_costs_only_itself) {
    const CommandResult ran = rxlab({"nightly", "--kernel", "5.10", "--experiment", "known-effect",
                                     "--experiment", "null-aa", "--out", folder_ / "night"});
    EXPECT_EQ(ran.status, 2) << ran.err;
    const Json index = read_json(folder_ / "night" / "index.json");
    ASSERT_EQ(index.size(), 2u);
    EXPECT_EQ(index[0]["experiment"], "null-aa") << "first, for the floor of the others";
    for (const Json& row : index) {
        EXPECT_EQ(row["status"], 2);
        EXPECT_THAT(row["message"].get<std::string>(), HasSubstr("unknown kernel '5.10'"));
        EXPECT_TRUE(row["verdict"].is_null());
    }
    EXPECT_TRUE(fs::exists(folder_ / "night" / "index.html"));
}

/// What becomes of words that cannot be written, as a shell sees it.
class CliOutput : public Cli {
protected:
    /// @param words "rxlab" stands for the built binary.
    CommandResult shell(const std::string& words) {
        return real_sys().run({"/bin/sh", "-c",
                               "cd " + folder_.string() + "\nrxlab() { " + RXLAB_BUILD +
                                   "/rxlab \"$@\"; }\n" + words});
    }
};

TEST_F(CliOutput, what_a_full_disk_takes_is_never_success) {
    for (const char* words :
         {"plan drop-point", "plan drop-point --json", "show drop-point", "list", "list --json",
          "show --schema", "--help", "run --help", "restore --dry-run"}) {
        const CommandResult ran = shell(std::string("rxlab ") + words + " >/dev/full");
        EXPECT_EQ(ran.status, 4) << words;
        EXPECT_EQ(ran.err, "rxlab: standard output cannot be written: No space left on device\n")
            << words;
    }
}

TEST_F(CliOutput, an_error_that_cannot_be_told_keeps_its_status) {
    for (const char* to : {"2>/dev/full", "2>&-", ">/dev/full 2>&1", ">&- 2>&-"}) {
        EXPECT_EQ(shell(std::string("rxlab plan nosuch ") + to).status, 2) << to;
        EXPECT_EQ(shell(std::string("rxlab certfy ") + to).status, 2) << to;
        EXPECT_EQ(shell(std::string("rxlab plan --nosuch ") + to).status, 2) << to;
    }
}

TEST_F(CliOutput, a_closed_stdout_is_told) {
    const CommandResult ran = shell("rxlab plan drop-point >&-");
    EXPECT_EQ(ran.status, 4);
    EXPECT_EQ(ran.err, "rxlab: standard output cannot be written: Bad file descriptor\n");
    EXPECT_EQ(shell("rxlab plan drop-point >&- 2>&-").status, 4);
}

TEST_F(CliOutput, what_is_written_to_nobody_ends_it_as_it_ends_other_tools) {
    for (const char* words : {"list", "plan drop-point --json", "--help", "restore --dry-run"}) {
        const CommandResult ran =
            shell(std::string("mkfifo p; exec 3<>p; exec 4>p; exec 3<&-\nrxlab ") + words +
                  " >&4 || echo $?; rm p");
        EXPECT_EQ(ran.out, "141\n") << words << ": as cat does";
        EXPECT_EQ(ran.err, "") << words;
    }
}

/// A program that says what Google Benchmark's recorded run said, in the tests' folder.
class CliBench : public Cli {
protected:
    CliBench() {
        const std::string script =
            "#!/bin/sh\ncase $1 in --benchmark_list_tests*) echo "
            "ring/cached/copy/size:64/batch:32/threads:2 ;; *) cat " RXLAB_SOURCE
            "/runner/traffic/testdata/gbench.json ;; esac\n";
        fs::permissions(file("ring_bench", script), fs::perms::owner_all);
        ::setenv("RXLAB_BENCH", folder_.c_str(), 1);
        const char* cache = ::getenv("XDG_CACHE_HOME");
        if (cache) cache_ = cache;
        ::setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
    }
    ~CliBench() override {
        ::unsetenv("RXLAB_BENCH");
        if (cache_)
            ::setenv("XDG_CACHE_HOME", cache_->c_str(), 1);
        else
            ::unsetenv("XDG_CACHE_HOME");
    }
    std::optional<std::string> cache_;  ///< the test's own meanwhile
    std::string experiment(const std::string& other) {
        return file("tiny.json",
                    R"({"name": "tiny", "question": "Is it itself?", "lanes": ["timed"],
            "mechanism": ["cache"], "topology": {"kind": "none"},
            "traffic": {"kind": "gbench", "program": "ring_bench", "benchmark": "ring/cached",
                "mode": "copy", "size": 64, "batch": "$batch", "threads": 2},
            "primary": ["ns_per_record"], "arms": [{"name": "a", "baseline": true},
            {"name": "b", "traffic": {"benchmark": ")" +
                        other + R"("}}],
            "factors": {"batch": [32]}, "rounds": {"timed": 2, "timed_max": 2}})");
    }
};

TEST_F(CliBench, a_benchmark_program_goes_the_way_of_every_traffic) {
    const CommandResult ran =
        rxlab({"run", experiment("ring/cached"), "--out", folder_ / "out", "--no-report"});
    EXPECT_EQ(ran.status, 3) << ran.err << ran.out;  // two rounds decide nothing
    const Json result = read_json(folder_ / "out" / "result.json");
    EXPECT_EQ(result["target"], "host") << "no guest has the program";
    ASSERT_EQ(result["trials"].size(), 4u);
    for (const Json& trial : result["trials"]) {
        EXPECT_GT(trial["metrics"]["ns_per_record"]["value"], 0);
        EXPECT_TRUE(trial["checks"]["conservation"]["ok"]) << trial["checks"];
        EXPECT_TRUE(trial["facts"]["generator"]["context"].contains("library_build_type"));
        EXPECT_TRUE(trial["facts"]["commands"].empty()) << "nothing on the machine was changed";
    }
    EXPECT_EQ(
        read_json(folder_ / "out" / "comparison.json")["comparisons"][0]["metrics"][0]["ratio"], 1);
}

TEST_F(CliBench, a_peer_that_is_missing_is_named_before_anything_runs) {
    const CommandResult ran = rxlab({"run", experiment("peer/boost"), "--out", folder_ / "out"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("no benchmark 'peer/boost/copy/size:64/batch:32/threads:2'"));
    EXPECT_FALSE(fs::exists(folder_ / "out" / "result.json"));
    EXPECT_THAT(read_text(folder_ / "out" / "observations.jsonl", kLargestInput),
                testing::Not(HasSubstr("ns_per_record")));
}

TEST_F(CliBench, a_benchmark_program_is_not_in_a_guest) {
    const CommandResult ran = rxlab({"plan", experiment("ring/cached"), "--target", "vm"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("--target host"));
}

TEST_F(CliBench, a_benchmark_program_that_is_not_built_is_told_how_to_build) {
    fs::remove(folder_ / "ring_bench");
    const CommandResult ran = rxlab({"run", experiment("ring/cached"), "--out", folder_ / "out"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("make bench-build"));
}

TEST_F(CliBench, one_trial_is_repeated_without_the_others) {
    const CommandResult ran = rxlab({"run", experiment("ring/cached"), "--trial", "3"});
    ASSERT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(Json::parse(ran.out)["trial"]["id"], 3);
    EXPECT_EQ(rxlab({"run", experiment("ring/cached"), "--trial", "4"}).err,
              "rxlab: the plan has no trial 4\n  next: rxlab plan tiny lists them\n");
}

TEST_F(CliBench, a_run_that_was_cut_goes_on_with_what_is_missing) {
    const fs::path out = folder_ / "out";
    rxlab({"run", experiment("ring/cached"), "--out", out, "--no-report"});
    const std::string all = read_text(out / "observations.jsonl", kLargestInput);
    fs::resize_file(out / "observations.jsonl", all.size() - 10);
    fs::remove(out / "result.json");
    const CommandResult ran =
        rxlab({"run", experiment("ring/cached"), "--out", out, "--no-report"});
    EXPECT_EQ(ran.status, 3) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("resuming: 3 of 4 trials are in " + out.string()));
    EXPECT_EQ(read_json(out / "result.json")["trials"].size(), 4u);
}

TEST_F(CliBench, a_plan_tells_how_long_the_run_before_it_took) {
    const std::string tiny = experiment("ring/cached");
    const CommandResult before = rxlab({"plan", tiny});
    EXPECT_THAT(before.out, HasSubstr("4 trials by 1 worker: about 20 s, a guess for a first run"));
    const CommandResult ran = rxlab({"run", tiny, "--out", folder_ / "out", "--no-report"});
    EXPECT_THAT(ran.err, HasSubstr("a guess for a first run"));
    EXPECT_THAT(ran.err, testing::Not(HasSubstr("pace.json")));
    const Json plan = Json::parse(rxlab({"plan", tiny, "--json"}).out);
    EXPECT_LT(plan["expected"]["trials_s"], 20);
    EXPECT_NE(plan["expected"]["learnt"], "");
}

TEST_F(CliBench, what_runs_took_before_may_be_damaged) {
    const std::string tiny = experiment("ring/cached");
    fs::create_directories(folder_ / "cache" / "rxlab");
    for (const char* damage : {"{", "[1]", R"({"tiny timed host": {"plain_s": "long"}})"}) {
        file("cache/rxlab/pace.json", damage);
        const CommandResult ran = rxlab({"run", tiny, "--out", folder_ / "out", "--no-report"});
        EXPECT_EQ(ran.status, 3) << ran.err;
        EXPECT_THAT(ran.err, HasSubstr("how long runs took before is not known"));
        EXPECT_THAT(rxlab({"plan", tiny}).out, HasSubstr(", as on 2")) << "it is mended";
        fs::remove_all(folder_ / "out");
    }
}

TEST_F(CliBench, no_file_takes_the_place_of_a_closed_stdout) {
    const fs::path out = folder_ / "out";
    const std::string command = std::string(RXLAB_BUILD) + "/rxlab run " +
                                experiment("ring/cached") + " --no-report --out " + out.string() +
                                " <&- >&-";
    const CommandResult ran = real_sys().run({"/bin/sh", "-c", command});
    EXPECT_EQ(ran.status, 4);
    EXPECT_THAT(ran.err, HasSubstr("standard output cannot be written: Bad file descriptor"));
    EXPECT_EQ(read_json(out / "result.json")["trials"].size(), 4u);
    std::istringstream lines(read_text(out / "observations.jsonl", kLargestInput));
    for (std::string line; std::getline(lines, line);)
        EXPECT_TRUE(Json::accept(line)) << line.substr(0, 80);
}

TEST_F(CliBench, a_run_whose_progress_has_no_reader_ends_and_can_go_on) {
    const std::string words =
        "cd " + folder_.string() + "; mkfifo p; exec 3<>p; exec 4>p; exec 3<&-\n" + RXLAB_BUILD +
        "/rxlab run " + experiment("ring/cached") + " --no-report --out out 2>&4 >&4 || echo $?";
    EXPECT_EQ(real_sys().run({"/bin/sh", "-c", words}).out, "141\n");
    EXPECT_FALSE(fs::exists(folder_ / "out" / "result.json"));
    EXPECT_THAT(read_text(folder_ / "out" / "observations.jsonl", kLargestInput),
                HasSubstr("plan_sha256"));
}

/// Every shipped experiment is valid with the words this binary really has, and has a plan in each
/// of its lanes.
TEST_F(Cli, a_topology_that_this_machine_cannot_have_is_said_so_beside_the_others) {
    const CommandResult ran = rxlab({"plan", "nic-veth", "--target", "host", "--arm", "rxnic"});
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.out, HasSubstr("(not possible here: no module"));
    EXPECT_THAT(ran.out, HasSubstr("link add rxgen0")) << "the arm with veth";
}

TEST(Shipped, every_experiment_is_told_and_has_a_plan_in_each_of_its_lanes) {
    ::setenv("RXLAB_ROOT", RXLAB_SOURCE, 1);
    EXPECT_GE(experiment_names().size(), 7u);
    for (const std::string& name : experiment_names()) {
        const Experiment experiment = load_experiment(name);
        EXPECT_FALSE(experiment.description.empty()) << name;
        for (const Arm& arm : experiment.arms)
            EXPECT_FALSE(arm.summary.empty()) << name << " " << arm.name;
        for (const Lane lane : experiment.lanes) {
            PlanOptions options;
            options.lane = lane;
            const Plan plan = make_plan(experiment, options);
            EXPECT_FALSE(plan.trials.empty()) << name << " " << to_string(lane);
            EXPECT_EQ(too_few_rounds(plan, experiment), "") << name << " " << to_string(lane);
        }
    }
}

TEST(Shipped, every_experiment_is_read_back_as_it_was_written) {
    ::setenv("RXLAB_ROOT", RXLAB_SOURCE, 1);
    for (const std::string& name : experiment_names()) {
        const Json document = written(load_experiment(name));
        Experiment again;
        read(Field(document), again);
        EXPECT_EQ(written(again), document) << name;
    }
}

}  // namespace
}  // namespace rxlab
