// SPDX-License-Identifier: GPL-2.0
#include "target/message.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "base/crc32.h"
#include "base/error.h"

namespace rxlab {
namespace {

const Message kMessage{MessageType::observation, "{\"id\": 7}"};

std::vector<Message> decode(MessageDecoder& decoder) {
    std::vector<Message> messages;
    while (auto message = decoder.next()) messages.push_back(*message);
    return messages;
}

TEST(Message, what_was_encoded_is_decoded) {
    MessageDecoder decoder;
    decoder.feed(encode(kMessage) + encode({MessageType::done, ""}));
    const auto messages = decode(decoder);
    ASSERT_EQ(messages.size(), 2u);
    EXPECT_EQ(messages[0].type, MessageType::observation);
    EXPECT_EQ(messages[0].payload, kMessage.payload);
    EXPECT_EQ(messages[1].type, MessageType::done);
    EXPECT_EQ(decoder.skipped() + decoder.pending(), 0u);
}

TEST(Message, bytes_may_come_one_by_one) {
    MessageDecoder decoder;
    size_t found = 0;
    for (const char byte : encode(kMessage)) {
        decoder.feed({&byte, 1});
        found += decode(decoder).size();
    }
    EXPECT_EQ(found, 1u);
}

TEST(Message, every_truncation_is_no_message) {
    const std::string bytes = encode(kMessage);
    for (size_t length = 1; length < bytes.size(); ++length) {
        MessageDecoder decoder;
        decoder.feed(std::string_view(bytes).substr(0, length));
        EXPECT_TRUE(decode(decoder).empty()) << length;
        EXPECT_EQ(decoder.pending(), length);
    }
}

TEST(Message, damage_in_any_byte_loses_that_message_and_no_other) {
    const std::string good = encode(kMessage);
    for (size_t at = 0; at < good.size(); ++at) {
        for (const int bit : {0x01, 0x80}) {
            std::string bad = good;
            bad[at] = static_cast<char>(bad[at] ^ bit);
            MessageDecoder decoder;
            decoder.feed(bad + good);
            EXPECT_EQ(decode(decoder).size(), 1u) << at;
            EXPECT_EQ(decoder.skipped(), good.size()) << at;
        }
    }
}

TEST(Message, garbage_between_messages_is_skipped_and_counted) {
    MessageDecoder decoder;
    decoder.feed("noise" + encode(kMessage) + "RXL" + encode(kMessage) + "RXLFRXLF");
    EXPECT_EQ(decode(decoder).size(), 2u);
    EXPECT_EQ(decoder.skipped(), 8u);
    EXPECT_EQ(decoder.pending(), 8u);
}

TEST(Message, a_length_that_no_message_has_is_not_waited_for) {
    std::string header = encode({MessageType::observation, ""}).substr(0, 16);
    const uint32_t length = 0xffffffff;
    std::memcpy(header.data() + 8, &length, sizeof length);
    const uint32_t crc = crc32(header);
    header.append(reinterpret_cast<const char*>(&crc), sizeof crc);
    MessageDecoder decoder;
    decoder.feed(header + std::string(1000, 'y') + encode(kMessage));
    EXPECT_EQ(decode(decoder).size(), 1u);
    EXPECT_EQ(decoder.skipped(), 1020u);
    EXPECT_THROW(encode({MessageType::out, std::string(kMostPayload + 1, 'x')}), Error);
}

TEST(Message, a_damaged_payload_is_skipped_as_a_whole_with_what_looks_like_a_message_in_it) {
    std::string bad = encode({MessageType::out, "x" + encode(kMessage)});
    bad[20] = 'y';
    MessageDecoder decoder;
    decoder.feed(bad + encode({MessageType::done, ""}));
    const auto messages = decode(decoder);
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_EQ(messages[0].type, MessageType::done);
    EXPECT_EQ(decoder.skipped(), bad.size());
}

/// 16 MiB take a second; with work that grows by the square they take days, and the test's time
/// limit ends them.
TEST(Message, many_bytes_of_any_kind_take_time_in_proportion) {
    for (const std::string& unit : {std::string("RXLF"), encode({MessageType::out, ""})}) {
        MessageDecoder decoder;
        std::string bytes;
        while (bytes.size() < (8u << 20)) bytes += unit;
        decoder.feed(bytes);
        size_t found = 0;
        while (decoder.next()) ++found;
        EXPECT_EQ(found, unit.size() > 4 ? bytes.size() / unit.size() : 0);
    }
}

}  // namespace
}  // namespace rxlab
