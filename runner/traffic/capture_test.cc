// SPDX-License-Identifier: GPL-2.0
#include "traffic/capture.h"

#include "base/error.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <cstring>
#include <fstream>
#include <random>

namespace rxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

/// Words in either byte order.
struct Words {
    bool swapped = false;
    std::string word(uint32_t value) const {
        if (swapped) value = __builtin_bswap32(value);
        return {reinterpret_cast<const char*>(&value), sizeof value};
    }
    std::string half(uint16_t value) const {
        if (swapped) value = __builtin_bswap16(value);
        return {reinterpret_cast<const char*>(&value), sizeof value};
    }
};

constexpr uint32_t kMicroseconds = 0xa1b2c3d4, kNanoseconds = 0xa1b23c4d, kModified = 0xa1b2cd34;

struct Pcap : Words {
    uint32_t magic = kMicroseconds, link = 1;
    std::string records;

    Pcap(uint32_t magic_ = kMicroseconds, bool swapped_ = false, uint32_t link_ = 1)
        : Words{swapped_}, magic(magic_), link(link_) {}
    /// `missing`: bytes of the frame that were not captured; negative: that it never had.
    Pcap& add(const std::string& frame, int missing = 0) {
        const auto size = static_cast<int>(frame.size());
        records += word(1) + word(2) + word(static_cast<uint32_t>(size)) +
                   word(static_cast<uint32_t>(size + missing));
        if (magic == kModified) records += word(2) + word(0);  // interface, protocol and type
        records += frame;
        return *this;
    }
    std::string bytes() const {
        return word(magic) + half(2) + half(4) + word(0) + word(0) + word(262144) + word(link) +
               records;
    }
};

/// https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html
struct PcapNg : Words {
    std::string blocks;

    explicit PcapNg(bool swapped_ = false) : Words{swapped_} {
        block(0x0a0d0d0a, word(0x1a2b3c4d) + half(1) + half(0) + std::string(8, '\xff'));
    }
    PcapNg& block(uint32_t type, std::string body) {
        body.resize((body.size() + 3) / 4 * 4);
        const std::string length = word(static_cast<uint32_t>(body.size() + 12));
        blocks += word(type) + length + body + length;
        return *this;
    }
    PcapNg& interface(uint16_t link = 1) {
        const std::string nanoseconds = half(9) + half(1) + std::string("\x09\0\0\0", 4);
        return block(1, half(link) + half(0) + word(262144) + nanoseconds + word(0));
    }
    PcapNg& add(const std::string& frame, uint32_t number = 0) {
        const std::string size = word(static_cast<uint32_t>(frame.size()));
        return block(6, word(number) + word(1) + word(2) + size + size + frame);
    }
    PcapNg& simple(const std::string& frame) {
        return block(3, word(static_cast<uint32_t>(frame.size())) + frame);
    }
};

Capture parse(const std::string& bytes, const CaptureOptions& options = {}) {
    return parse_capture(bytes, "x.pcap", options);
}

std::string refusal(const std::string& bytes) {
    try {
        parse(bytes);
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_NE(error.next(), "");
        return error.what();
    }
    return "";
}

std::string frame_of(size_t size, char content = 'a') {
    return std::string(size, content);
}
std::string tagged(size_t size, const std::string& tag = std::string("\x81\0\0\x64", 4)) {
    return frame_of(12) + tag + frame_of(size - 16);
}

TEST(Capture, frames_come_out_in_order_short_ones_filled_up) {
    EXPECT_THAT(parse(Pcap().add(frame_of(80)).add(frame_of(14, 'b')).bytes()).frames,
                ElementsAre(frame_of(80), frame_of(14, 'b') + std::string(46, '\0')));
}

TEST(Capture, every_form_of_pcap_is_read) {
    for (const uint32_t magic : {kMicroseconds, kNanoseconds, kModified})
        for (const bool swapped : {false, true})
            EXPECT_THAT(
                parse(Pcap(magic, swapped).add(frame_of(61)).add(frame_of(62)).bytes()).frames,
                ElementsAre(frame_of(61), frame_of(62)))
                << std::hex << magic << swapped;
}

TEST(Capture, pcapng_is_read_in_both_byte_orders_with_what_else_is_in_it) {
    for (const bool swapped : {false, true})
        EXPECT_THAT(parse(PcapNg(swapped)
                              .interface()
                              .interface()
                              .add(frame_of(61))
                              .block(4, std::string(4, '\0'))     // names
                              .block(0x0bad, "a vendor's block")  // unknown
                              .add(frame_of(63, 'b'), 1)
                              .simple(frame_of(64, 'c'))
                              .blocks)
                        .frames,
                    ElementsAre(frame_of(61), frame_of(63, 'b'), frame_of(64, 'c')));
}

TEST(Capture, no_more_than_were_asked_for) {
    EXPECT_EQ(parse(Pcap().add(frame_of(60)).add("b").bytes(), {.first = 1}).frames.size(), 1u)
        << "and what comes behind them is not judged";
}

TEST(Capture, an_announced_check_sequence_is_taken_off) {
    EXPECT_THAT(
        parse(Pcap(kMicroseconds, false, 0x24000001).add(frame_of(64) + "FCS!").bytes()).frames,
        ElementsAre(frame_of(64)));
    EXPECT_THAT(parse(Pcap(kMicroseconds, true, 0x04000001).add(frame_of(64)).bytes()).frames,
                ElementsAre(frame_of(64)))
        << "announced with a length of 0";
    EXPECT_THAT(refusal(Pcap(kMicroseconds, false, 0x24000001).add(frame_of(15)).bytes()),
                HasSubstr("a frame 1 of 11 bytes"));
}

TEST(Capture, a_tag_makes_room_for_four_bytes) {
    EXPECT_EQ(refusal(Pcap().add(tagged(1518)).bytes()), "");
    EXPECT_EQ(refusal(Pcap().add(tagged(1518, "\x88\xa8__")).bytes()), "");
    EXPECT_THAT(refusal(Pcap().add(tagged(1519)).bytes()), HasSubstr("more than 1518"));
    EXPECT_EQ(refusal(Pcap().add(frame_of(1514)).bytes()), "");
    EXPECT_THAT(refusal(Pcap().add(frame_of(1515)).bytes()),
                HasSubstr("frame 1 of 1515 bytes, more than 1514"));
}

TEST(Capture, what_cannot_be_sent_is_refused_by_name) {
    EXPECT_THAT(refusal("x"), HasSubstr("x.pcap is no capture"));
    EXPECT_THAT(refusal(""), HasSubstr("x.pcap is no capture"));
    EXPECT_THAT(refusal(Pcap(0x12345678).add("a").bytes()), HasSubstr("is no capture"));
    EXPECT_THAT(refusal(Pcap(kMicroseconds, false, 113).add("a").bytes()),
                HasSubstr("link type 113 (LINUX_SLL), not on Ethernet"));
    EXPECT_THAT(refusal(PcapNg().interface(1).interface(113).add(frame_of(60)).add("a", 1).blocks),
                HasSubstr("x.pcap"));
    EXPECT_THAT(refusal(Pcap().bytes()), HasSubstr("has no frame"));
    EXPECT_THAT(refusal(Pcap().add(frame_of(60)).add(frame_of(20), 10).bytes()),
                HasSubstr("20 of the 30 bytes of frame 2"));
    EXPECT_THAT(refusal(Pcap().add(frame_of(100), -16).bytes()),
                HasSubstr("100 bytes of frame 1, which had 84"));
    EXPECT_THAT(refusal(Pcap().add("").bytes()), HasSubstr("a frame 1 of 0 bytes"));
    EXPECT_THAT(refusal(Pcap().add(frame_of(13)).bytes()), HasSubstr("a frame 1 of 13 bytes"));
}

TEST(Capture, what_cannot_be_sent_can_be_left_out_and_is_counted_by_reason) {
    Pcap capture;
    capture.add(frame_of(20), 10).add(frame_of(100), -16).add("").add(frame_of(1515));
    capture.add(frame_of(70)).add(frame_of(30), 1);
    const Capture read = parse(capture.bytes() + "torn", {.skip = true});
    EXPECT_THAT(read.frames, ElementsAre(frame_of(70)));
    EXPECT_THAT(read.left_out,
                ElementsAre(Pair("cut off", 2u), Pair("longer than its frame", 1u),
                            Pair("shorter than an Ethernet header", 1u), Pair("too long", 1u),
                            Pair("unreadable from there on", 1u)));
}

TEST(Capture, where_nothing_can_be_sent_the_reasons_are_told) {
    Pcap capture;
    capture.add(frame_of(20), 10).add(frame_of(30), 1).add(frame_of(100), -16);
    try {
        parse(capture.bytes(), {.skip = true});
        FAIL() << "read";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("has no frame that can be sent: 2 cut off, 1 longer "
                                            "than its frame"));
    }
}

/// What a reader made of bytes: text of the refusal, or every frame found in them.
void expect_read_or_refused(const std::string& bytes) {
    for (const bool skip : {false, true}) {
        try {
            for (const std::string& frame : parse(bytes, {.skip = skip}).frames) {
                ASSERT_GE(frame.size(), kLeastFrame);
                ASSERT_LE(frame.size(), kMostTagged);
                size_t size = frame.size();
                while (size > kEthernetHeader &&
                       bytes.find(frame.substr(0, size)) == std::string::npos)
                    --size;
                ASSERT_EQ(frame.find_first_not_of('\0', size), std::string::npos)
                    << "a frame that is not in the capture";
            }
        } catch (const Error& error) {
            ASSERT_EQ(error.status(), Status::usage) << error.what();
            ASSERT_THAT(error.what(), HasSubstr("x.pcap"));
        }
    }
}

std::vector<std::string> one_of_each_form() {
    std::vector<std::string> captures;
    for (const bool swapped : {false, true}) {
        for (const uint32_t magic : {kMicroseconds, kNanoseconds, kModified})
            captures.push_back(
                Pcap(magic, swapped).add(frame_of(80)).add(frame_of(70, 'b')).bytes());
        captures.push_back(PcapNg(swapped).interface().add(frame_of(80)).simple(tagged(90)).blocks);
    }
    return captures;
}

TEST(Capture, a_file_that_ends_anywhere_is_refused_or_shorter) {
    for (const std::string& whole : one_of_each_form())
        for (size_t size = 0; size < whole.size(); size++)
            expect_read_or_refused(whole.substr(0, size));
}

TEST(Capture, whatever_is_wrong_in_a_file_no_frame_is_invented) {
    std::mt19937 random(7);
    for (const std::string& whole : one_of_each_form()) {
        for (int i = 0; i < 1000; i++) {
            std::string bad = whole;
            for (uint32_t flips = 1 + random() % 4; flips > 0; flips--)
                bad[random() % std::min<size_t>(bad.size(), 120)] = static_cast<char>(random());
            expect_read_or_refused(bad);
        }
    }
}

TEST(Capture, files_and_pipes_are_read_by_name) {
    const std::string path = testing::TempDir() + fmt::format("rxlab_capture_{}", ::getpid());
    std::ofstream(path, std::ios::binary) << Pcap().add(frame_of(60)).bytes();
    EXPECT_EQ(read_capture(path).frames.size(), 1u);
    ASSERT_NE(std::freopen(path.c_str(), "rb", stdin), nullptr);
    EXPECT_EQ(read_capture("-").frames.size(), 1u);
    ::unlink(path.c_str());
    EXPECT_THROW(read_capture(path), Error);
    EXPECT_THROW(read_capture(testing::TempDir()), Error) << "a folder";
}

}  // namespace
}  // namespace rxlab
