// SPDX-License-Identifier: GPL-2.0
#include "xdp/tables.h"

#include "base/error.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <random>

namespace rxlab {
namespace {

std::vector<PortRule> ranked(const std::vector<std::string>& texts) {
    std::vector<PortRule> rules;
    for (const std::string& text : texts) rules.push_back(rule_from(text));
    rank(rules);
    return rules;
}

TEST(Tables, the_narrower_rule_cuts_the_wider_one) {
    const Tables tables =
        tables_of(ranked({"drop udp ipv4 dport 10-20", "allow udp ipv4 dport 15"}), {8, 9});
    const uint32_t table = FILTER_DESTINATION | FILTER_UDP | FILTER_IPV4;
    const uint32_t allow = 1 << FILTER_RANK_SHIFT | 8 << FILTER_SLOT_SHIFT,
                   drop = 2 << FILTER_RANK_SHIFT | 9 << FILTER_SLOT_SHIFT | 1;
    EXPECT_EQ(tables.runs,
              (std::vector<PortRun>{
                  {0, table, 10, 14, drop}, {0, table, 15, 15, allow}, {0, table, 16, 20, drop}}));
    EXPECT_TRUE(tables.has_destination_rules);
    EXPECT_FALSE(tables.has_source_rules);
}

TEST(Tables, a_prefixs_tables_have_what_applies_to_shorter_ones_too) {
    const Tables tables =
        tables_of(ranked({"drop tcp sport 1 from 10.0.0.0/8", "drop tcp sport 2 from 10.1.0.0/16",
                          "drop tcp ipv4 sport 3"}),
                  {8, 9, 10});
    ASSERT_EQ(tables.prefixes.size(), 2u);
    std::vector<size_t> ports(3);
    for (const PortRun& run : tables.runs) ports[run.set]++;
    const size_t outer = tables.prefixes[0].bits == 8 ? 1 : 2;
    EXPECT_EQ(ports[0], 1u);
    EXPECT_EQ(ports[outer], 2u);
    EXPECT_EQ(ports[3 - outer], 3u);
}

TEST(Tables, combinations_that_the_same_rules_apply_to_share_a_set) {
    const Tables tables =
        tables_of(ranked({"drop tcp dport 1 from 10.0.0.0/8", "drop tcp dport 2 to 10.0.0.0/8",
                          "drop tcp dport 3 vlan 7"}),
                  {8, 9, 10});
    ASSERT_EQ(tables.combined.size(), 8u);
    EXPECT_EQ(tables.sets(), 8u);
    EXPECT_EQ(tables.combined[0], 0u) << "everybody else's";
    const Tables less = tables_of(
        ranked({"drop tcp dport 1 to 10.0.0.0/8", "drop tcp dport 2 vlan 7 to 11.0.0.0/8"}),
        {8, 9});
    ASSERT_EQ(less.combined.size(), 6u);
    EXPECT_EQ(less.sets(), 3u) << "VLAN 7 changes nothing for 10.0.0.0/8 and for others";
}

TEST(Tables, a_rule_without_ports_is_about_every_port_and_what_has_none) {
    const Tables tables = tables_of(ranked({"drop ipv4", "allow icmp", "drop vlan 7"}), {8, 9, 10});
    EXPECT_TRUE(tables.has_destination_rules);
    EXPECT_FALSE(tables.has_source_rules);
    std::map<uint32_t, uint32_t> others;
    for (const OtherEntry& other : tables.others) others[other.key] = other.entry;
    const uint32_t slots = FILTER_SLOTS - 1;
    EXPECT_EQ(others.at(1) >> FILTER_SLOT_SHIFT & slots, 9u) << "icmp of everybody";
    EXPECT_EQ(others.at(47) & 1, 1u);
    EXPECT_FALSE(others.contains(FILTER_NO_IP));
    EXPECT_TRUE(others.contains(FILTER_OTHERS + FILTER_NO_IP)) << "VLAN 7's";
}

TEST(Tables, too_many_combinations_are_refused) {
    std::vector<std::string> texts;
    for (int i = 0; i < 1200; i++) {
        texts.push_back(fmt::format("drop dport 1 from 10.{}.{}.0/24", i / 250, i % 250));
        texts.push_back(fmt::format("drop dport 1 to 10.{}.{}.0/24", i / 250, i % 250));
    }
    const auto rules = ranked(texts);
    EXPECT_THROW(tables_of(rules, std::vector<uint32_t>(rules.size(), 8)), Error);
}

TEST(Tables, no_rules_make_no_runs) {
    EXPECT_TRUE(tables_of({}, {}).runs.empty());
    EXPECT_EQ(tables_of({}, {}).sets(), 1u);
}

TEST(PortPrefixes, are_the_range_and_no_port_twice) {
    std::mt19937 random(1);
    for (int i = 0; i < 2000; i++) {
        uint32_t first = random() % FILTER_PORTS, last = random() % FILTER_PORTS;
        if (first > last) std::swap(first, last);
        const auto prefixes = port_prefixes(first, last);
        EXPECT_LE(prefixes.size(), 30u);
        uint32_t next = first;
        for (const auto& [port, bits] : prefixes) {
            EXPECT_EQ(port, next);
            EXPECT_EQ(port % (1u << (16 - bits)), 0u);
            next += 1u << (16 - bits);
        }
        EXPECT_EQ(next, last + 1);
    }
    EXPECT_EQ(port_prefixes(0, 65535).size(), 1u);
}

}  // namespace
}  // namespace rxlab
