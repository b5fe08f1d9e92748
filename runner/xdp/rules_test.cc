// SPDX-License-Identifier: GPL-2.0
#include "xdp/rules.h"

#include "base/error.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <ctime>

namespace rxlab {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string message_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        return error.what();
    }
    return "valid";
}

std::string refused(const std::string& rules) {
    return message_of([&] { parse_rules("{\n\"rules\": [\n" + rules + "]}", "r.json"); });
}

std::vector<std::string> texts(const std::vector<PortRule>& rules) {
    std::vector<std::string> lines;
    for (const PortRule& rule : rules) lines.push_back(to_text(rule));
    return lines;
}

TEST(Rules, words_are_read_back_as_they_were_written) {
    for (const char* text :
         {"drop udp dport 53", "allow tcp ipv6 sport 8000-8080", "drop dport 0-65535",
          "allow udp dport 53 from 10.0.0.0/8", "drop sport 1 from 2001:db8::/32"})
        EXPECT_EQ(to_text(rule_from(text)), text);
    EXPECT_EQ(rule_from("udp dport 53 drop ipv4"), rule_from("drop ipv4 dport 53 udp"));
}

TEST(Rules, a_wrong_word_is_named) {
    EXPECT_THAT(message_of([] { rule_from("drop upd dport 53"); }),
                HasSubstr("got 'upd'; did you mean 'udp'?"));
    EXPECT_THAT(message_of([] { rule_from("drop udp"); }), HasSubstr("expected a rule like"));
    EXPECT_THAT(message_of([] { rule_from("drop dport"); }),
                HasSubstr("expected something after 'dport'"));
    EXPECT_THAT(message_of([] { rule_from("drop dport 1 sport 2"); }),
                HasSubstr("write two rules"));
    for (const char* port :
         {"65536", "-1", "5-", "-", "1-70000", "a", "1-2-3", "0x10", "99999999999999999999"})
        EXPECT_THAT(message_of([&] { rule_from(fmt::format("drop dport {}", port)); }),
                    HasSubstr("expected a port"))
            << port;
    EXPECT_THAT(message_of([] { rule_from("drop dport 9-7"); }),
                HasSubstr("begins with its smaller port"));
    EXPECT_THAT(message_of([] { rule_from("drop dport 9 from 10.0.0.1/8"); }),
                HasSubstr("did you mean '10.0.0.0/8'?"));
    EXPECT_THAT(message_of([] { rule_from("drop ipv6 dport 9 from 10.0.0.0/8"); }),
                HasSubstr("of the rule's family"));
    for (const char* address : {"10.0.0.0/33", "10.0.0/8", "::/129", "x", "10.0.0.0/"})
        EXPECT_THAT(message_of([&] { prefix_from(address); }), HasSubstr("expected addresses like"))
            << address;
}

TEST(Rules, a_file_says_where_it_is_wrong) {
    EXPECT_THAT(refused(R"({"action": "drop", "dport": 53, "protocol": "tpc"})"),
                StartsWith("r.json:3:"));
    EXPECT_THAT(refused(R"({"action": "drop", "dport": 53, "protocol": "tpc"})"),
                HasSubstr("did you mean 'tcp'?"));
    EXPECT_THAT(refused(R"({"action": "drop", "dport": 65536})"), StartsWith("r.json:3:29: "));
    EXPECT_THAT(refused(R"({"action": "drop", "dport": "53-"})"),
                HasSubstr("expected a port (0 to 65535) or a range like 6000-6063, got '53-'"));
    EXPECT_THAT(refused(R"({"action": "drop"})"),
                HasSubstr("expected dport or sport, got neither"));
    EXPECT_THAT(refused(R"({"action": "drop", "dport": 1, "sport": 2})"), HasSubstr("got both"));
    EXPECT_THAT(message_of([] { parse_rules("{\"rules\": [}", "r.json"); }),
                StartsWith("r.json:1:"));
    EXPECT_THAT(message_of([] { parse_rules("{}", "r.json"); }), HasSubstr("'rules'"));
}

TEST(Rules, the_most_specific_goes_first) {
    const std::vector<std::string> ordered = {"drop dport 1-9 from 10.1.0.0/16",
                                              "drop dport 5 from 10.0.0.0/8",
                                              "drop udp ipv4 dport 5",
                                              "drop udp dport 5",
                                              "drop ipv4 dport 5",
                                              "drop dport 5",
                                              "drop sport 5",
                                              "drop dport 5-6",
                                              "drop sport 0-65535"};
    std::vector<PortRule> rules;
    for (auto text = ordered.rbegin(); text != ordered.rend(); ++text)
        rules.push_back(rule_from(*text));
    rank(rules);
    EXPECT_EQ(texts(rules), ordered);
}

TEST(Rules, of_equally_specific_ones_the_first_in_the_file_goes_first) {
    const RuleSet set = parse_rules(
        R"({"rules": [{"action": "drop", "dport": "5-8"}, {"action": "drop", "dport": "2-5"}]})",
        "r.json");
    EXPECT_EQ(texts(set.rules), (std::vector<std::string>{"drop dport 5-8", "drop dport 2-5"}));
}

TEST(Rules, contradictions_and_repetitions_are_refused) {
    EXPECT_EQ(refused("{\"action\": \"drop\", \"dport\": 5},\n{\"action\": \"drop\", \"dport\": "
                      "6},\n{\"action\": \"drop\", \"dport\": 5}")
                  .substr(0, 61),
              "r.json:5:1: expected each rule once, got 'drop dport 5' again");
    EXPECT_THAT(
        refused("{\"action\": \"drop\", \"dport\": 5}, {\"action\": \"allow\", \"dport\": 5}"),
        HasSubstr("got 'allow dport 5' beside 'drop dport 5'"));
    EXPECT_THAT(refused("{\"action\": \"drop\", \"dport\": \"5-8\"}, {\"action\": \"allow\", "
                        "\"dport\": \"8-11\"}"),
                HasSubstr("beside"));
    EXPECT_EQ(refused("{\"action\": \"drop\", \"dport\": \"5-8\"}, {\"action\": \"allow\", "
                      "\"dport\": \"8-12\"}"),
              "valid")
        << "the narrower decides";
    EXPECT_EQ(
        refused("{\"action\": \"drop\", \"dport\": 5}, {\"action\": \"allow\", \"sport\": 5}"),
        "valid")
        << "the destination decides";
    EXPECT_EQ(refused("{\"action\": \"drop\", \"protocol\": \"tcp\", \"dport\": 5}, {\"action\": "
                      "\"allow\", \"protocol\": \"udp\", \"dport\": 5}"),
              "valid");
    EXPECT_EQ(refused("{\"action\": \"drop\", \"from\": \"10.0.0.0/8\", \"dport\": 5}, "
                      "{\"action\": \"allow\", \"from\": \"11.0.0.0/8\", \"dport\": 5}"),
              "valid");
}

TEST(Rules, too_many_are_refused_by_a_message) {
    std::string many;
    for (int i = 0; i < 40000; i++)
        many += fmt::format("{}{{\"action\": \"drop\", \"dport\": {}}}\n", i ? "," : "", i);
    EXPECT_THAT(refused(many), HasSubstr("32767"));
}

TEST(Rules, a_million_are_refused_without_reading_them) {
    std::string many;
    for (int i = 0; i < 1'000'000; i++)
        many += fmt::format("{}{{\"action\": \"drop\", \"protocol\": \"udp\", \"dport\": {}}}\n",
                            i ? "," : "", i % 65536);
    const std::clock_t start = std::clock();
    EXPECT_THAT(refused(many),
                StartsWith("r.json:32770:2: expected at most 32767 items, got more\n"));
    EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 2.0) << "seconds of CPU";
}

TEST(Prefixes, contain_what_begins_alike) {
    EXPECT_TRUE(contains(prefix_from("10.0.0.0/8"), prefix_from("10.255.0.0/16")));
    EXPECT_TRUE(contains(prefix_from("0.0.0.0/0"), prefix_from("10.0.0.1")));
    EXPECT_FALSE(contains(prefix_from("10.0.0.0/8"), prefix_from("11.0.0.0/16")));
    EXPECT_FALSE(contains(prefix_from("10.0.0.0/16"), prefix_from("10.0.0.0/8")));
    EXPECT_FALSE(contains(prefix_from("0.0.0.0/0"), prefix_from("::/0")));
    EXPECT_FALSE(contains(prefix_from("2001:db8::/31"), prefix_from("2001:dba::/32")));
}

}  // namespace
}  // namespace rxlab
