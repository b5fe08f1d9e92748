// SPDX-License-Identifier: GPL-2.0
#include "experiment/experiment.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "experiment/resolve.h"
#include "experiment/test_words.h"

namespace rxlab {
namespace {

using testing::ElementsAre;

/// What parse_experiment() says about `text`, or "valid".
std::string message_of(const std::string& text, const std::string& file = "sample.json") {
    try {
        parse_experiment(text, file, test::words());
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_FALSE(error.next().empty());
        return error.what();
    }
    return "valid";
}

/// kValid with the first `from` replaced.
std::string with(const std::string& from, const std::string& to) {
    std::string text = test::kValid;
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

TEST(Experiment, keeps_what_was_written) {
    const Experiment experiment =
        parse_experiment(test::kValid, "experiments/sample.json", test::words());
    EXPECT_EQ(experiment.name, "sample");
    EXPECT_EQ(experiment.file, "experiments/sample.json");
    EXPECT_EQ(experiment.text, test::kValid);
    EXPECT_THAT(experiment.lanes, ElementsAre(Lane::counted, Lane::timed, Lane::functional));
    EXPECT_THAT(experiment.primary,
                ElementsAre("instructions_per_packet", "softirq.net_rx.entry_to_exit.p99"));
    EXPECT_EQ(experiment.rounds.phases, 2);
    ASSERT_EQ(experiment.arms.size(), 3u);
    EXPECT_TRUE(experiment.arms[0].baseline);
    EXPECT_TRUE(experiment.arms[1].setup["link"].is_null());
    EXPECT_EQ(experiment.arms[2].boot, (Json{{"cmdline", "rxlab.pad=x"}, {"seed_offset", 7}}));
    EXPECT_THAT(experiment.arms[2].expect, ElementsAre("conservation"));
    ASSERT_EQ(experiment.factors.size(), 2u);
    EXPECT_EQ(experiment.factors[0].name, "budget");
    EXPECT_EQ(experiment.factors[0].values.size(), 2u);
}

TEST(Experiment, an_arm_is_what_the_one_it_builds_on_is) {
    const Experiment experiment =
        parse_experiment(with("{\"name\": \"other\",",
                              R"({"name": "late", "builds_on": "xdp", "setup": {"link": {}},
     "traffic": {"udp_dst_port": null}},
    {"name": "other", "builds_on": "late",)"),
                         "sample.json", test::words());
    const Arm &xdp = experiment.arms.at(1), &late = experiment.arms.at(2),
              &other = experiment.arms.at(3);
    EXPECT_EQ(late.builds_on, "xdp");
    EXPECT_EQ(late.setup, (Json{{"xdp", xdp.setup["xdp"]}, {"link", Json::object()}}));
    EXPECT_EQ(other.setup, late.setup);
    EXPECT_EQ(other.traffic, (Json{{"packets", "$packets"}, {"udp_dst_port", nullptr}}));
    EXPECT_TRUE(late.expect.empty());
}

TEST(Experiment, a_factor_may_give_a_whole_topology) {
    const std::string text =
        with(R"("topology": {"kind": "veth", "pairs": 1})", R"("topology": "$path.topology")");
    const auto one = [&](const std::string& value) {
        const size_t at = text.find("\"factors\": {") + 12;
        return text.substr(0, at) + "\"path\": [" + value + "], " + text.substr(at);
    };
    const Experiment experiment =
        parse_experiment(one(R"({"name": "a", "topology": {"kind": "veth", "pairs": 2}})"),
                         "sample.json", test::words());
    EXPECT_EQ(experiment.topology, "$path.topology");
    EXPECT_THAT(message_of(one(R"({"name": "a", "topology": {"kind": "vteh"}})")),
                testing::HasSubstr("did you mean 'veth'?"));
    EXPECT_THAT(message_of(one(R"({"name": "a"})")), testing::HasSubstr("'$path.name'"));
}

TEST(Experiment, a_patch_is_not_laid_over_what_a_factor_gives_as_a_whole) {
    EXPECT_THAT(message_of(with("{\"name\": \"other\",",
                                R"({"name": "late", "topology": "$budget"},
    {"name": "other", "builds_on": "late", "topology": {"pairs": 2},)")),
                testing::HasSubstr("expected"));
}

TEST(Experiment, one_arm_beside_the_baseline_may_be_the_generator_alone) {
    const auto generator = [](const char* arm, const char* more = "") {
        return message_of(
            with(fmt::format("{{\"name\": \"{}\",", arm),
                 fmt::format("{{\"name\": \"{}\", \"generator\": true,{}", arm, more)));
    };
    EXPECT_EQ(generator("other"), "valid");
    EXPECT_THAT(generator("none"),
                testing::HasSubstr("expected an arm beside the baseline, got the baseline"));
}

TEST(Experiment, each_boot_may_have_its_generator_and_then_each_has) {
    const auto before_other = [](const std::string& arms) {
        return message_of(with("{\"name\": \"other\",", arms + ", {\"name\": \"other\","));
    };
    const std::string first = R"({"name": "third", "generator": true})";
    EXPECT_THAT(before_other(first + R"(, {"name": "fourth", "generator": true})"),
                testing::HasSubstr("got another besides 'third'"));
    const std::string later =
        R"(, {"name": "fourth", "generator": true, "boot": {"cmdline": "rxlab.pad=x"}})";
    EXPECT_EQ(before_other(first + later), "valid");
    EXPECT_THAT(before_other(first + later + R"(, {"name": "fifth", "boot": {"kernel": "6.12"}})"),
                testing::HasSubstr("\"generator\": true and the boot of 'fifth'"));
}

TEST(Experiment, an_arm_builds_on_one_before_it) {
    EXPECT_THAT(
        message_of(with("{\"name\": \"other\",", "{\"name\": \"other\", \"builds_on\": \"xpd\",")),
        testing::HasSubstr(
            "expected an arm before this one, 'none' or 'xdp', got 'xpd'; did you mean 'xdp'?"));
    EXPECT_THAT(
        message_of(with("{\"name\": \"none\",", "{\"name\": \"none\", \"builds_on\": \"none\",")),
        testing::HasSubstr("expected nothing in the first arm, got 'none'"));
}

TEST(Experiment, names_a_misspelt_kind) {
    EXPECT_EQ(message_of(with("\"pktgen\"", "\"pktgn\"")),
              "sample.json:6:23: expected a traffic ('pktgen' or 'live_frames'), got 'pktgn'; did "
              "you mean 'pktgen'?\n"
              "  \"traffic\": {\"kind\": \"pktgn\", \"packets\": 1000, \"udp_dst_port\": 9},\n"
              "                      ^");
}

TEST(Experiment, names_a_misspelt_key) {
    EXPECT_EQ(message_of(with("\"packets\": 1000", "\"packet\": 1000, \"packets\": 1000")),
              "sample.json:6:33: expected key 'kind', 'packet_size', 'packets', 'udp_dst_port' or "
              "'warmup_packets', got "
              "'packet'; did you mean 'packets'?\n"
              "  \"traffic\": {\"kind\": \"pktgen\", \"packet\": 1000, \"packets\": 1000, "
              "\"udp_dst_port\": 9},\n"
              "                                ^");
}

TEST(Experiment, names_a_misspelt_setup_in_an_arm) {
    EXPECT_EQ(message_of(with("\"xdp\": {\"program\"", "\"xpd\": {\"program\"")),
              "sample.json:13:31: expected key 'link' or 'xdp', got 'xpd'; did you mean 'xdp'?\n"
              "    {\"name\": \"xdp\", \"setup\": {\"xpd\": {\"program\": \"xdp_port_drop\", "
              "\"mode\": \"native\", "
              "\"config\": "
              "{\"drop\n"
              "                              ^");
}

TEST(Experiment, names_a_misspelt_knob_kind_with_its_object) {
    EXPECT_EQ(
        message_of(with("\"sysctl:net.core.netdev_budget\"", "\"syctl:net.core.netdev_budget\"")),
        "sample.json:8:13: expected a knob KIND:OBJECT (KIND 'sysctl' or 'sysfs'; no '..' in "
        "OBJECT), got "
        "'syctl:net.core.netdev_budget'; did you mean 'sysctl:net.core.netdev_budget'?\n"
        "  \"knobs\": {\"syctl:net.core.netdev_budget\": \"$budget.packets\", "
        "\"sysctl:net.core.netdev_budget_usecs\"\n"
        "            ^");
}

TEST(Experiment, refuses_a_knob_that_climbs_out_of_its_folder) {
    EXPECT_THAT(message_of(with("sysctl:net.core.netdev_budget\"", "sysfs:net/../../etc/passwd\"")),
                testing::HasSubstr("no '..' in OBJECT), got 'sysfs:net/../../etc/passwd'"));
}

TEST(Experiment, names_a_misspelt_collector_metric_check_lane_and_mechanism) {
    EXPECT_EQ(message_of(with("\"collectors\": [\"softirq\"", "\"collectors\": [\"softirk\"")),
              "sample.json:9:18: expected a collector ('softirq' or 'softnet'), got 'softirk'; did "
              "you mean 'softirq'?\n"
              "  \"collectors\": [\"softirk\", \"softnet\"],\n"
              "                 ^");
    EXPECT_EQ(
        message_of(with("\"instructions_per_packet\"", "\"instruction_per_packet\"")),
        "sample.json:10:15: expected a metric ('instructions_per_packet' or 'lost_fraction'), got "
        "'instruction_per_packet'; did you mean 'instructions_per_packet'?\n"
        "  \"primary\": [\"instruction_per_packet\", \"softirq.net_rx.entry_to_exit.p99\"],\n"
        "              ^");
    EXPECT_THAT(message_of(with("[\"conservation\"]", "[\"conservatoin\"]")),
                testing::HasSubstr("expected a check ('conservation', 'senders_overlap', "
                                   "'no_splats', 'restored' or 'rounds_distinct'), got "
                                   "'conservatoin'; did you mean 'conservation'?"));
    EXPECT_THAT(message_of(with("[\"counted\"", "[\"count\"")),
                testing::HasSubstr(
                    "sample.json:4:13: expected 'counted', 'timed' or 'functional', got 'count'"));
    EXPECT_THAT(message_of(with("[\"instructions\"]", "[\"instruction\"]")),
                testing::HasSubstr("got 'instruction'; did you mean 'instructions'?"));
}

TEST(Experiment, names_all_missing_keys_at_once) {
    EXPECT_EQ(message_of("{}"),
              "sample.json:1:1: expected keys 'name', 'question', 'lanes', 'mechanism', "
              "'topology', 'traffic', 'primary', "
              "'arms', got none\n{}\n^");
}

TEST(Experiment, wants_exactly_one_baseline) {
    EXPECT_EQ(
        message_of(with(", \"baseline\": true", "")),
        "sample.json:11:3: expected one arm with \"baseline\": true, got none\n  \"arms\": [\n  ^");
    EXPECT_EQ(message_of(with("\"other\",", "\"other\", \"baseline\": true,")),
              "sample.json:14:23: expected one baseline, got another besides 'none'\n"
              "    {\"name\": \"other\", \"baseline\": true, \"traffic\": {\"packets\": "
              "\"$packets\"}, \"boot\": "
              "{\"cmdline\": "
              "\"rxl\n"
              "                      ^");
}

TEST(Experiment, wants_arm_names_that_are_distinct_and_plain) {
    EXPECT_THAT(message_of(with("\"other\"", "\"none\"")),
                testing::StartsWith(
                    "sample.json:14:14: expected each arm's name once, got 'none' again\n"));
    EXPECT_THAT(
        message_of(with("\"other\"", "\"../o;rm\"")),
        testing::StartsWith(
            "sample.json:14:14: expected a name of lower-case letters, digits, '.' and '-', got "
            "'../o;rm'\n"));
}

TEST(Experiment, lets_nothing_odd_onto_the_kernel_command_line) {
    EXPECT_THAT(message_of(with("rxlab.pad=x", "x; reboot")),
                testing::HasSubstr("expected kernel parameters of letters"));
    EXPECT_THAT(message_of(with("rxlab.pad=x", "a\\nb")),
                testing::HasSubstr("expected kernel parameters of letters"));
}

TEST(Experiment, boots_with_factors_and_only_with_devices_there_are) {
    const std::string boot = "\"boot\": {\"cmdline\": \"rxlab.pad=x\", \"seed_offset\": 7}";
    const auto booted = [&](const std::string& text) {
        return message_of(with(boot, "\"boot\": {" + text + "}"));
    };
    EXPECT_EQ(booted("\"kernel\": \"6.1\", \"machine\": \"q35\", \"devices\": [\"intel-iommu\"]"),
              "valid");
    EXPECT_THAT(booted("\"devices\": [\"intel-iomu\"]"),
                testing::HasSubstr("got 'intel-iomu'; did you mean 'intel-iommu'?"));
    EXPECT_THAT(booted("\"machine\": \"q36\""),
                testing::HasSubstr("expected a machine ('pc' or 'q35'), got 'q36'"));
    EXPECT_EQ(booted("\"kernel\": \"/boot/x\", \"kmod\": \"/tmp/modules\""), "valid");
    for (const char* kernel : {"boot/x", "../x", "6.12 x", "-6.12", ""})
        EXPECT_THAT(booted(std::string("\"kernel\": \"") + kernel + "\""),
                    testing::HasSubstr("expected a kernel like 6.12"))
            << kernel;
    EXPECT_THAT(booted("\"kmod\": \"modules\""),
                testing::HasSubstr("expected an absolute path, got 'modules'"));
    EXPECT_THAT(booted("\"cmdline\": \"$cmdline\""), testing::HasSubstr("got '$cmdline'"));
    EXPECT_THAT(booted("\"cmdline\": \"$packets\""),
                testing::HasSubstr("expected a string, got 1000"))
        << "the factor's value is what is checked";
}

TEST(Experiment, is_named_like_its_file) {
    EXPECT_EQ(message_of(test::kValid, "experiments/other.json"),
              "experiments/other.json:3:11: expected the file's name, 'other', got 'sample'\n"
              "  \"name\": \"sample\", \"question\": \"Which?\", \"description\": \"Text.\",\n"
              "          ^");
    EXPECT_EQ(message_of(test::kValid, "/dev/stdin"), "valid");
}

TEST(Experiment, asks_the_knobs_kind_about_its_name) {
    EXPECT_THAT(
        message_of(with("sysctl:net.core.netdev_budget\"", "sysctl:net/core/\"")),
        testing::StartsWith(
            "sample.json:8:13: expected a knob, got 'sysctl:net/core/': a knob is a file\n"));
}

TEST(Experiment, knows_its_factors) {
    EXPECT_EQ(message_of(with("$budget.packets", "$budgets.packets")),
              "sample.json:8:46: expected a factor's value, '$budget' or '$packets', got "
              "'$budgets.packets'\n"
              "  \"knobs\": {\"sysctl:net.core.netdev_budget\": \"$budgets.packets\", "
              "\"sysctl:net.core.netdev_budget_usec\n"
              "                                             ^");
    EXPECT_THAT(message_of(with("$budget.packets", "$budget.packet")),
                testing::StartsWith("sample.json:8:46: expected a factor's value, "
                                    "'$budget.packets' or '$budget.usecs', got "
                                    "'$budget.packet'; did you mean '$budget.packets'?\n"));
    EXPECT_THAT(message_of(with("\"$packets\"", "1")),
                testing::StartsWith("sample.json:16:92: expected \"$packets\" somewhere in "
                                    "topology, setup, knobs, traffic or boot, got none\n"));
}

TEST(Experiment, checks_every_value_of_a_factor_where_it_is_used) {
    EXPECT_THAT(message_of(with("\"packets\": [1000]", "\"packets\": [1000, 0]")),
                testing::StartsWith("sample.json:14:46: expected at least 1, got 0\n"));
}

TEST(Experiment, checks_an_arms_traffic_merged_into_the_experiments) {
    EXPECT_THAT(message_of(with("{\"packets\": \"$packets\"}", "{\"pakets\": \"$packets\"}")),
                testing::StartsWith("sample.json:14:35: expected key"));
    EXPECT_THAT(
        message_of(
            with("{\"packets\": \"$packets\"}",
                 "{\"packets\": \"$packets\", \"kind\": \"live_frames\", \"udp_dst_port\": 9}")),
        testing::StartsWith(
            "sample.json:14:81: expected key 'cpus', 'kind' or 'packets', got 'udp_dst_port'\n"));
    EXPECT_EQ(message_of(with("{\"packets\": \"$packets\"}",
                              "{\"packets\": \"$packets\", \"kind\": \"live_frames\"}")),
              "valid");
    EXPECT_EQ(
        message_of(
            with("{\"packets\": \"$packets\"}",
                 "{\"packets\": \"$packets\", \"kind\": \"live_frames\", \"udp_dst_port\": null}")),
        "valid");
}

TEST(Experiment, limits_primary_metrics) {
    std::string six = "\"primary\": [";
    for (char c = 'a'; c < 'g'; c++)
        six += std::string(c == 'a' ? "" : ", ") + "\"softirq." + c + ".entry_to_exit.p99\"";
    EXPECT_THAT(
        message_of(
            with("\"primary\": [\"instructions_per_packet\", \"softirq.net_rx.entry_to_exit.p99\"",
                 six)),
        testing::StartsWith("sample.json:10:14: expected at most 5 items, got 6\n"));
}

TEST(Experiment, shows_secondary_metrics_that_there_are) {
    const std::string primary =
        "\"primary\": [\"instructions_per_packet\", \"softirq.net_rx.entry_to_exit.p99\"]";
    EXPECT_THAT(parse_experiment(with(primary, primary + ", \"secondary\": [\"lost_fraction\"]"),
                                 "sample.json", test::words())
                    .secondary,
                ElementsAre("lost_fraction"));
    EXPECT_THAT(message_of(with(primary, primary + ", \"secondary\": [\"lost_fractoin\"]")),
                testing::HasSubstr("got 'lost_fractoin'; did you mean 'lost_fraction'?"));
}

TEST(Experiment, wants_the_cap_above_the_least_number_of_rounds) {
    EXPECT_THAT(message_of(with("\"timed_max\": 4", "\"timed_max\": 2")),
                testing::StartsWith(
                    "sample.json:17:69: expected timed (3) to be at most timed_max, got 2\n"));
}

TEST(Experiment, has_a_brief_part_of_arms_and_values_that_it_has) {
    const std::string rounds = "\"rounds\"";
    const auto brief = [&](const std::string& text) {
        return with(rounds, "\"brief\": " + text + ", " + rounds);
    };
    const Experiment experiment =
        parse_experiment(brief(R"({"arms": ["xdp"], "factors": {"packets": [1000]}})"),
                         "sample.json", test::words());
    EXPECT_THAT(experiment.brief.arms, ElementsAre("xdp"));
    EXPECT_THAT(experiment.brief.factors.at("packets"), ElementsAre(1000));
    EXPECT_THAT(message_of(brief(R"({"arms": ["xpd"]})")),
                testing::HasSubstr("got 'xpd'; did you mean 'xdp'?"));
    EXPECT_THAT(message_of(brief(R"({"factors": {"packets": [999]}})")),
                testing::HasSubstr("expected '1000', got 999"));
    EXPECT_THAT(message_of(brief(R"({"factors": {"sizes": [60]}})")),
                testing::HasSubstr("expected a factor's name, 'budget' or 'packets', got 'sizes'"));
    EXPECT_TRUE(is_value({{"name", "hit"}, {"port", 9}}, "hit"));
    EXPECT_FALSE(is_value({{"port", 9}}, "hit"));
}

TEST(Experiment, wants_no_more_rounds_with_probes_than_there_are) {
    EXPECT_EQ(parse_experiment(with("\"functional\": 1", "\"functional\": 1, \"probe_rounds\": 4"),
                               "sample.json", test::words())
                  .rounds.probe_rounds,
              4);
    EXPECT_THAT(message_of(with("\"functional\": 1", "\"functional\": 1, \"probe_rounds\": 5")),
                testing::HasSubstr("expected at most as many as there are rounds (4), got 5"));
    EXPECT_THAT(message_of(with("\"functional\": 1", "\"functional\": 1, \"probe_rounds\": 0")),
                testing::HasSubstr("got 0"));
}

TEST(Experiment, tells_ten_problems_and_counts_the_rest) {
    std::string many = "\"lanes\": [";
    for (int i = 0; i < 12; i++) many += "\"x" + std::to_string(i) + "\", ";
    const std::string message = message_of(with("\"lanes\": [", many));
    EXPECT_THAT(message, testing::HasSubstr("got 'x9'\n"));
    EXPECT_THAT(message, testing::Not(testing::HasSubstr("got 'x10'")));
    EXPECT_THAT(message, testing::EndsWith("\nand 2 more"));
}

TEST(Experiment, tells_a_duplicate_key_together_with_other_problems) {
    EXPECT_EQ(message_of(with("\"question\": \"Which?\"", "\"question\": 3, \"name\": \"sample\"")),
              "sample.json:3:33: expected a string, got 3\n"
              "  \"name\": \"sample\", \"question\": 3, \"name\": \"sample\", \"description\": "
              "\"Text.\",\n"
              "                                ^\n"
              "sample.json:3:36: expected each key once, got 'name' again\n"
              "  \"name\": \"sample\", \"question\": 3, \"name\": \"sample\", \"description\": "
              "\"Text.\",\n"
              "                                   ^");
}

TEST(Experiment, survives_being_cut_at_every_byte) {
    const std::string text = test::kValid;
    const size_t last = text.rfind('}');
    for (size_t size = 0; size <= last; size++)
        EXPECT_NE(message_of(text.substr(0, size)), "valid") << size;
}

TEST(Experiment, survives_bytes_replaced) {
    const std::string text = test::kValid;
    for (size_t at = 0; at < text.size(); at += 11)
        for (char c : {'"', '}', '\0', '\xFF', '7', '$'}) {
            std::string changed = text;
            changed[at] = c;
            EXPECT_FALSE(message_of(changed).empty());
        }
}

/// Pointers of every value in `json`, the whole excepted.
void collect_pointers(const Json& json, const Json::json_pointer& at,
                      std::vector<Json::json_pointer>& pointers) {
    if (!at.empty()) pointers.push_back(at);
    if (json.is_object())
        for (const auto& [key, value] : json.items()) collect_pointers(value, at / key, pointers);
    if (json.is_array())
        for (size_t i = 0; i < json.size(); i++) collect_pointers(json[i], at / i, pointers);
}

TEST(Experiment, survives_every_value_removed_or_replaced) {
    const Json document = Json::parse(test::kValid, nullptr, true, true);
    std::vector<Json::json_pointer> pointers;
    collect_pointers(document, Json::json_pointer(), pointers);
    ASSERT_GT(pointers.size(), 50u);
    for (const auto& pointer : pointers) {
        Json removed = document;
        Json& parent = removed[pointer.parent_pointer()];
        if (parent.is_object())
            parent.erase(pointer.back());
        else
            parent.erase(std::stoul(pointer.back()));
        EXPECT_FALSE(message_of(removed.dump()).empty());
        for (const Json& value :
             {Json(), Json(-1), Json(0.5), Json("$x"), Json::array(), Json::object(), Json(true)}) {
            Json replaced = document;
            replaced[pointer] = value;
            EXPECT_FALSE(message_of(replaced.dump()).empty());
        }
    }
}

TEST(Experiment, names_each_missing_key) {
    const Json document = Json::parse(test::kValid, nullptr, true, true);
    for (const char* key :
         {"name", "question", "lanes", "mechanism", "topology", "traffic", "primary", "arms"}) {
        Json removed = document;
        removed.erase(key);
        EXPECT_THAT(message_of(removed.dump()),
                    testing::HasSubstr(std::string("expected key '") + key + "', got none"));
    }
}

}  // namespace
}  // namespace rxlab
