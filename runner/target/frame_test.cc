// SPDX-License-Identifier: GPL-2.0
#include "target/frame.h"

#include <gtest/gtest.h>

#include <vector>

namespace rxlab {
namespace {

const Frame kFrame{FrameType::observation, "{\"id\": 7}"};

std::vector<Frame> decode(FrameDecoder& decoder) {
    std::vector<Frame> frames;
    while (auto frame = decoder.next()) frames.push_back(*frame);
    return frames;
}

TEST(Frame, WhatWasEncodedIsDecoded) {
    FrameDecoder decoder;
    decoder.feed(encode(kFrame) + encode({FrameType::done, ""}));
    const auto frames = decode(decoder);
    ASSERT_EQ(frames.size(), 2u);
    EXPECT_EQ(frames[0].type, FrameType::observation);
    EXPECT_EQ(frames[0].payload, kFrame.payload);
    EXPECT_EQ(frames[1].type, FrameType::done);
    EXPECT_EQ(decoder.skipped() + decoder.pending(), 0u);
}

TEST(Frame, BytesMayComeOneByOne) {
    FrameDecoder decoder;
    size_t found = 0;
    for (const char byte : encode(kFrame)) {
        decoder.feed({&byte, 1});
        found += decode(decoder).size();
    }
    EXPECT_EQ(found, 1u);
}

TEST(Frame, EveryTruncationIsNoFrame) {
    const std::string bytes = encode(kFrame);
    for (size_t length = 1; length < bytes.size(); ++length) {
        FrameDecoder decoder;
        decoder.feed(std::string_view(bytes).substr(0, length));
        EXPECT_TRUE(decode(decoder).empty()) << length;
        EXPECT_EQ(decoder.pending(), length);
    }
}

TEST(Frame, DamageInAnyByteLosesThatFrameAndNoOther) {
    const std::string good = encode(kFrame);
    for (size_t at = 0; at < good.size(); ++at) {
        for (const int bit : {0x01, 0x80}) {
            std::string bad = good;
            bad[at] = static_cast<char>(bad[at] ^ bit);
            FrameDecoder decoder;
            decoder.feed(bad + good);
            EXPECT_EQ(decode(decoder).size(), 1u) << at;
            EXPECT_EQ(decoder.skipped(), good.size()) << at;
        }
    }
}

TEST(Frame, GarbageBetweenFramesIsSkippedAndCounted) {
    FrameDecoder decoder;
    decoder.feed("noise" + encode(kFrame) + "RXL" + encode(kFrame) + "RXLFRXLF");
    EXPECT_EQ(decode(decoder).size(), 2u);
    EXPECT_EQ(decoder.skipped(), 8u);
    EXPECT_EQ(decoder.pending(), 8u);
}

}  // namespace
}  // namespace rxlab
