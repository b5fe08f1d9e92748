// SPDX-License-Identifier: GPL-2.0
#include "xdp/rules.h"

#include "base/error.h"
#include "bpf/filter_tables.h"
#include "xdp/services.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <random>

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
          "allow udp dport 53 from 10.0.0.0/8", "drop sport 1 from 2001:db8::/32", "drop icmp",
          "allow sctp to 192.0.2.0/24", "drop protocol 99 ipv6", "drop vlan 7",
          "drop udp vlan 0 dport 53 from 10.0.0.0/8 to 10.1.2.3/32 comment the branch, and others",
          "drop from ::/0", "drop ipv4", "drop protocol 0"})
        EXPECT_EQ(to_text(rule_from(text)), text);
    EXPECT_EQ(rule_from("udp dport 53 drop ipv4"), rule_from("drop ipv4 dport 53 udp"));
}

TEST(Rules, a_wrong_word_is_named) {
    EXPECT_THAT(message_of([] { rule_from("drop upd dport 53"); }),
                HasSubstr("got 'upd'; did you mean 'udp'?"));
    EXPECT_THAT(message_of([] { rule_from("udp dport 1"); }), HasSubstr("expected a rule like"));
    EXPECT_THAT(message_of([] { rule_from("drop"); }), HasSubstr("what the rule applies to"));
    EXPECT_THAT(message_of([] { rule_from("drop dport"); }),
                HasSubstr("expected something after 'dport'"));
    EXPECT_THAT(message_of([] { rule_from("drop dport 1 sport 2"); }),
                HasSubstr("write two rules"));
    for (const char* port : {"65536", "1,", ",1", "5:", ":", "-1", "5-", "-", "1-70000", "1-2-3",
                             "0x10", "99999999999999999999"})
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

TEST(Rules, each_word_is_there_once_and_contradictions_are_refused) {
    for (const char* text :
         {"drop drop dport 22", "drop allow tcp dport 22", "drop tcp udp dport 22",
          "drop tcp tcp dport 22", "drop udp dport 53 from 10.9.0.0/24 from 192.168.0.0/16",
          "drop dport 1 to 10.0.0.0/8 to 10.0.0.0/8", "drop ipv4 ipv4 dport 1",
          "drop vlan 1 vlan 2", "drop dport 1 dport 2", "drop protocol 6 tcp dport 1"})
        EXPECT_THAT(message_of([&] { rule_from(text); }), HasSubstr("once")) << text;
    for (const char* text :
         {"drop tcp dport 22 from 10.9.0.0/24 ipv6", "drop ipv6 dport 22 from 10.9.0.0/24",
          "drop from 10.0.0.0/8 to ::/0", "drop to 10.0.0.0/8 from ::/0"})
        EXPECT_THAT(message_of([&] { rule_from(text); }), HasSubstr("of the rule's family"))
            << text;
    EXPECT_THAT(message_of([] { rule_from("drop icmp dport 1"); }), HasSubstr("tcp or udp only"));
    EXPECT_THAT(message_of([] { rule_from("drop icmp ipv6"); }), HasSubstr("icmpv6 with IPv6"));
    EXPECT_THAT(message_of([] { rule_from("drop icmpv6 from 10.0.0.0/8"); }),
                HasSubstr("icmpv6 with IPv6"));
    EXPECT_THAT(message_of([] { rule_from("drop ah"); }), HasSubstr("authentication header"));
}

TEST(Rules, other_tools_words_are_answered_with_ours) {
    for (const auto& [theirs, ours] :
         std::vector<std::pair<std::string, std::string>>{{"deny", "drop"},
                                                          {"block", "drop"},
                                                          {"accept", "allow"},
                                                          {"src", "from"},
                                                          {"dst", "to"},
                                                          {"port", "dport"},
                                                          {"proto", "protocol"},
                                                          {"icmp6", "icmpv6"}})
        EXPECT_THAT(message_of([&, word = theirs] { rule_from(word + " dport 22"); }),
                    HasSubstr(fmt::format("got '{}'; did you mean '{}'?", theirs, ours)));
}

TEST(Rules, a_list_of_ports_is_a_rule_for_each) {
    EXPECT_EQ(texts(rules_from("drop tcp dport 80,443,8000:8010 from 10.0.0.0/8")),
              (std::vector<std::string>{"drop tcp dport 80 from 10.0.0.0/8",
                                        "drop tcp dport 443 from 10.0.0.0/8",
                                        "drop tcp dport 8000-8010 from 10.0.0.0/8"}));
    EXPECT_EQ(texts(parse_rules(
                        R"({"rules": [{"action": "drop", "dport": [22, "80", "6881:6889"]}]})", "r")
                        .rules),
              (std::vector<std::string>{"drop dport 22", "drop dport 80", "drop dport 6881-6889"}));
    EXPECT_THAT(message_of([] { rule_from("drop dport 1,2"); }), HasSubstr("expected one rule"));
}

TEST(Rules, services_have_names) {
    const std::string file =
        "ssh 22/tcp # x\nms-sql-s\t1433/tcp\ndomain 53/tcp\ndomain 53/udp\n"
        "odd 1/tcp\nodd 2/udp zz\nbad x/tcp\n# ssh 23/tcp\n";
    EXPECT_EQ(services_named("ssh", file).at(0).port, 22);
    EXPECT_EQ(services_named("ms-sql-s", file).at(0).port, 1433);
    EXPECT_EQ(services_named("domain", file).size(), 2u);
    EXPECT_EQ(services_named("zz", file).at(0).protocol, "udp") << "an alias";
    EXPECT_TRUE(services_named("bad", file).empty());
    EXPECT_TRUE(services_named("23", file).empty());
    EXPECT_THAT(message_of([] { rule_from("drop dport nosuchservice"); }),
                HasSubstr("'nosuchservice', which is no service of /etc/services"));
    if (services_named("domain").empty()) GTEST_SKIP() << "no /etc/services here";
    EXPECT_EQ(to_text(rule_from("drop udp dport domain")), "drop udp dport 53");
}

TEST(Rules, a_comment_decides_nothing) {
    const PortRule rule = rule_from("drop dport 1  comment  a   b");
    EXPECT_EQ(rule.comment, "a b");
    EXPECT_EQ(key_of(rule), "drop dport 1");
    EXPECT_THAT(message_of([] { rule_from("drop dport 1 comment"); }),
                HasSubstr("expected something after 'comment'"));
    EXPECT_THAT(message_of([] { rule_from("drop dport 1 comment " + std::string(65, 'x')); }),
                HasSubstr("1 to 64 bytes"));
    EXPECT_THAT(refused("{\"action\": \"drop\", \"dport\": 5, \"comment\": \"a\"},\n{\"action\": "
                        "\"drop\", \"dport\": 5, \"comment\": \"b\"}"),
                HasSubstr("each rule once"));
    std::vector<PortRule> contradiction = {rule_from("drop dport 5 comment a"),
                                           rule_from("allow dport 5 comment b")};
    EXPECT_THROW(rank(contradiction), Error);
}

TEST(Rules, any_random_rule_is_printed_as_what_it_is) {
    std::mt19937 random(4);
    const auto below = [&](uint32_t n) { return static_cast<uint32_t>(random() % n); };
    for (int i = 0; i < 20000; i++) {
        PortRule rule;
        rule.drop = below(2);
        if (below(2)) rule.protocol = static_cast<uint8_t>(below(256));
        if (rule.protocol == 51) rule.protocol = 6;
        if (below(2)) rule.family = below(2) ? Family::ipv6 : Family::ipv4;
        if (below(3) == 0) rule.vlan = static_cast<uint16_t>(below(4095));
        for (auto* prefix : {&rule.from, &rule.to})
            if (below(3) == 0) {
                const bool six = rule.family ? *rule.family == Family::ipv6 : below(2);
                const std::string text = six ? fmt::format("2001:db8:{:x}::/48", below(65536))
                                             : fmt::format("10.{}.0.0/16", below(256));
                *prefix = prefix_from(text);
                rule.family = (*prefix)->family;
            }
        rule.any_port =
            (rule.protocol && *rule.protocol != 6 && *rule.protocol != 17) || below(3) == 0;
        if (!rule.any_port) {
            rule.destination = below(2);
            rule.first = static_cast<uint16_t>(below(65536));
            rule.last = static_cast<uint16_t>(rule.first + below(65536u - rule.first));
        }
        if (below(4) == 0) rule.comment = fmt::format("drop it {}", below(9));
        if (rule.protocol == 1 && rule.family == Family::ipv6)
            rule.family.reset(), rule.from.reset(), rule.to.reset();
        if (rule.protocol == 58 && rule.family == Family::ipv4)
            rule.family.reset(), rule.from.reset(), rule.to.reset();
        if (key_of(rule) == (rule.drop ? "drop" : "allow")) continue;  // applies to everything
        ASSERT_EQ(rule_from(to_text(rule)), rule) << to_text(rule);
        ASSERT_LT(to_text(rule).size(), sizeof(filter_text::rule));
    }
    PortRule longest = rule_from(
        "allow protocol 255 vlan 4094 from ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0/128 to "
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0/128 comment " +
        std::string(64, 'x'));
    EXPECT_LT(to_text(longest).size() + std::string(" dport 65534-65535").size(),
              sizeof(filter_text::rule));
}

TEST(Rules, a_file_says_where_it_is_wrong) {
    EXPECT_THAT(refused(R"({"action": "drop", "dport": 53, "protocol": "tpc"})"),
                StartsWith("r.json:3:"));
    EXPECT_THAT(refused(R"({"action": "drop", "dport": 53, "protocol": "tpc"})"),
                HasSubstr("did you mean 'tcp'?"));
    EXPECT_THAT(refused(R"({"action": "drop", "dport": 65536})"), StartsWith("r.json:3:29: "));
    EXPECT_THAT(refused(R"({"action": "drop", "dport": "53-"})"),
                HasSubstr("expected a port (0 to 65535) or a range like 6000-6063, got '53-'"));
    EXPECT_THAT(refused(R"({"action": "drop"})"), HasSubstr("what the rule applies to"));
    EXPECT_THAT(refused(R"({"action": "drop", "dport": 1, "sport": 2})"),
                HasSubstr("write two rules"));
    EXPECT_THAT(refused(R"({"action": "drop", "vlan": 4095})"), StartsWith("r.json:3:28: "));
    EXPECT_THAT(refused(R"({"action": "drop", "dport": [1, 70000]})"), StartsWith("r.json:3:"));
    EXPECT_THAT(refused(R"({"action": "deny", "dport": 1})"), HasSubstr("did you mean 'drop'?"));
    EXPECT_THAT(refused("{\"action\": \"drop\", \"dport\": [5, 6]},\n{\"action\": \"drop\", "
                        "\"dport\": 6}"),
                StartsWith("r.json:4:1: expected each rule once"));
    EXPECT_THAT(message_of([] { parse_rules("{\"rules\": [}", "r.json"); }),
                StartsWith("r.json:1:"));
    EXPECT_THAT(message_of([] { parse_rules("{}", "r.json"); }), HasSubstr("'rules'"));
}

TEST(Rules, the_most_specific_goes_first) {
    const std::vector<std::string> ordered = {"drop dport 1-9 from 10.1.0.0/16",
                                              "drop dport 6 from 10.0.0.0/8 to 10.0.0.0/8",
                                              "drop dport 5 from 10.0.0.0/8",
                                              "drop to 192.0.2.1/32",
                                              "drop dport 7 to 192.0.2.0/24",
                                              "drop vlan 7 dport 0-65535",
                                              "drop tcp vlan 7",
                                              "drop vlan 7",
                                              "drop udp ipv4 dport 5",
                                              "drop udp dport 5",
                                              "drop ipv4 dport 5",
                                              "drop dport 5",
                                              "drop sport 5",
                                              "drop dport 5-6",
                                              "drop sport 0-65535",
                                              "drop icmp",
                                              "drop ipv6"};
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

TEST(Rules, what_follows_too_many_is_not_read) {
    std::string many;
    for (int i = 0; i < 40'000; i++)
        many += fmt::format("{}{{\"action\": \"drop\", \"protocol\": \"udp\", \"dport\": {}}}\n",
                            i ? "," : "", i);
    EXPECT_EQ(refused(many + "no JSON"), refused(many));
    EXPECT_THAT(refused(many),
                StartsWith("r.json:32770:2: expected at most 32767 items, got more\n"));
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
