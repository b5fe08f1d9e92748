// SPDX-License-Identifier: GPL-2.0
#include "setup/counters.h"

#include "base/error.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

std::string bytes(std::initializer_list<int> values) { return {values.begin(), values.end()}; }

TEST(NftCounter, is_asked_for_by_table_and_name) {
    EXPECT_EQ(nft_counter_request(2, "rxlab", "drops"),
              bytes({0x34, 0, 0, 0, 0x13, 0x0a, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0}) + bytes({2, 0, 0, 0}) +
                  bytes({10, 0, 1, 0, 'r', 'x', 'l', 'a', 'b', 0, 0, 0}) + bytes({10, 0, 2, 0, 'd', 'r', 'o', 'p', 's', 0, 0, 0}) +
                  bytes({8, 0, 3, 0, 0, 0, 0, 1}));
}

TEST(NftCounter, packets_come_in_network_order) {
    const std::string data = bytes({12, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 60}) + bytes({12, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 2});
    const std::string answer = bytes({48, 0, 0, 0, 0x12, 0x0a, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0}) + bytes({2, 0, 0, 0}) + bytes({28, 0, 4, 0x80}) + data;
    EXPECT_EQ(parse_nft_counter(answer), 258u);
}

TEST(NftCounter, one_that_is_gone_or_cut_short_is_an_error) {
    EXPECT_THROW(parse_nft_counter(""), Error);
    EXPECT_THROW(parse_nft_counter(bytes({48, 0, 0, 0, 0x12})), Error);
    EXPECT_THROW(parse_nft_counter(std::string(40, '\xff')), Error);
}

std::string qdisc(int index, uint32_t parent, int drops) {
    std::string message = bytes({0, 0, 0, 0, 36, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0}) + bytes({0, 0, 0, 0, index, 0, 0, 0, 0, 0, 0, 0});
    message.append(reinterpret_cast<const char*>(&parent), 4);
    message += bytes({0, 0, 0, 0}) + bytes({28, 0, 7, 0}) + bytes({24, 0, 3, 0}) + std::string(8, '\0') + bytes({drops, 1, 0, 0}) + std::string(8, '\0');
    message[0] = static_cast<char>(message.size());
    return message;
}

TEST(IngressQdisc, drops_are_those_of_the_interface_s_ingress) {
    const std::string answer = qdisc(5, 0xffffffff, 1) + qdisc(4, 0xfffffff1, 2) + qdisc(5, 0xfffffff1, 3);
    EXPECT_EQ(parse_ingress_drops(answer, 5), 259u);
    EXPECT_EQ(parse_ingress_drops(answer, 4), 258u);
    EXPECT_THROW(parse_ingress_drops(answer, 6), Error);
}

} // namespace
} // namespace rxlab
