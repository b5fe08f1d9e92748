// SPDX-License-Identifier: GPL-2.0
#include "setup/counters.h"

#include "base/error.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

std::string bytes(std::initializer_list<int> values) {
    return {values.begin(), values.end()};
}

TEST(NftCounters, are_asked_for_by_table_and_chain) {
    EXPECT_EQ(nft_rules_request(2, "rxlab", "c"),
              bytes({0x28, 0, 0, 0, 0x07, 0x0a, 1, 3, 1, 0, 0, 0, 0, 0, 0, 0}) +
                  bytes({2, 0, 0, 0}) + bytes({10, 0, 1, 0, 'r', 'x', 'l', 'a', 'b', 0, 0, 0}) +
                  bytes({6, 0, 2, 0, 'c', 0, 0, 0}));
}

std::string expression(const std::string& eight_byte_name, int packets) {
    const std::string data = bytes({12, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 60}) +
                             bytes({12, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, packets});
    return bytes({44, 0, 1, 0x80}) + bytes({12, 0, 1, 0}) + eight_byte_name +
           bytes({28, 0, 2, 0x80}) + data;
}

std::string rule(const std::string& expressions) {
    const int list = static_cast<int>(expressions.size()) + 4;
    return bytes({list + 20, 0, 0, 0, 0x06, 0x0a, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0}) +
           bytes({2, 0, 0, 0}) + bytes({list, 0, 4, 0x80}) + expressions;
}

TEST(NftCounters, of_all_rules_are_added_and_other_expressions_are_not) {
    const std::string counter("counter\0", 8), other("payload\0", 8);
    EXPECT_EQ(parse_nft_counters(rule(expression(counter, 2))), 258u);
    EXPECT_EQ(parse_nft_counters(rule(expression(other, 9) + expression(counter, 2)) +
                                 rule(expression(counter, 1))),
              515u);
}

TEST(NftCounters, that_are_gone_or_cut_short_are_an_error) {
    EXPECT_THROW(parse_nft_counters(""), Error);
    EXPECT_THROW(parse_nft_counters(bytes({48, 0, 0, 0, 0x12})), Error);
    EXPECT_THROW(parse_nft_counters(std::string(40, '\xff')), Error);
}

std::string qdisc(int index, uint32_t parent, int drops) {
    std::string message = bytes({0, 0, 0, 0, 36, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0}) +
                          bytes({0, 0, 0, 0, index, 0, 0, 0, 0, 0, 0, 0});
    message.append(reinterpret_cast<const char*>(&parent), 4);
    message += bytes({0, 0, 0, 0}) + bytes({28, 0, 7, 0}) + bytes({24, 0, 3, 0}) +
               std::string(8, '\0') + bytes({drops, 1, 0, 0}) + std::string(8, '\0');
    message[0] = static_cast<char>(message.size());
    return message;
}

TEST(IngressQdisc, drops_are_those_of_the_interface_s_ingress) {
    const std::string answer =
        qdisc(5, 0xffffffff, 1) + qdisc(4, 0xfffffff1, 2) + qdisc(5, 0xfffffff1, 3);
    EXPECT_EQ(parse_ingress_drops(answer, 5), 259u);
    EXPECT_EQ(parse_ingress_drops(answer, 4), 258u);
    EXPECT_THROW(parse_ingress_drops(answer, 6), Error);
}

}  // namespace
}  // namespace rxlab
