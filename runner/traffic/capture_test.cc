// SPDX-License-Identifier: GPL-2.0
#include "traffic/pcap.h"

#include "base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cstring>

namespace rxlab {
namespace {

struct Capture {
    uint32_t magic = 0xa1b2c3d4, link = 1;
    bool swapped = false;
    std::string frames;

    std::string word(uint32_t value) const {
        if (swapped) value = __builtin_bswap32(value);
        return {reinterpret_cast<const char*>(&value), sizeof value};
    }
    Capture& add(const std::string& frame, uint32_t cut = 0) {
        frames += word(1) + word(2) + word(static_cast<uint32_t>(frame.size())) +
                  word(static_cast<uint32_t>(frame.size()) + cut) + frame;
        return *this;
    }
    std::string bytes() const {
        return word(magic) + word(0x00040002) + word(0) + word(0) + word(262144) + word(link) +
               frames;
    }
};

std::string refusal(const std::string& bytes) {
    try {
        pcap_frames(bytes, "x.pcap", 100);
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_NE(error.next(), "");
        return error.what();
    }
    return "";
}

TEST(Pcap, frames_come_out_in_order_short_ones_filled_up) {
    EXPECT_THAT(pcap_frames(Capture().add(std::string(80, 'a')).add("b").bytes(), "x", 100),
                ::testing::ElementsAre(std::string(80, 'a'), "b" + std::string(59, '\0')));
}

TEST(Pcap, both_byte_orders_and_both_clocks_are_read) {
    for (const uint32_t magic : {0xa1b2c3d4u, 0xa1b23c4du})
        for (const bool swapped : {false, true})
            EXPECT_EQ(pcap_frames(Capture{magic, 1, swapped, {}}.add(std::string(61, 'a')).bytes(),
                                  "x", 100)
                          .at(0)
                          .size(),
                      61u);
}

TEST(Pcap, no_more_than_were_asked_for) {
    EXPECT_EQ(pcap_frames(Capture().add("a").add("b").bytes(), "x", 1).size(), 1u);
}

TEST(Pcap, what_cannot_be_sent_is_refused_by_name) {
    EXPECT_THAT(refusal("x"), ::testing::HasSubstr("x.pcap is no capture"));
    EXPECT_THAT(refusal(Capture{0x12345678}.add("a").bytes()),
                ::testing::HasSubstr("no capture in libpcap's format"));
    EXPECT_THAT(refusal(Capture{0x0a0d0d0a}.add("a").bytes()), ::testing::HasSubstr("pcapng"));
    EXPECT_THAT(refusal(Capture{0xa1b2c3d4, 113}.add("a").bytes()),
                ::testing::HasSubstr("link type 113"));
    EXPECT_THAT(refusal(Capture().bytes()), ::testing::HasSubstr("has no frame"));
    EXPECT_THAT(refusal(Capture().add("a").add("b", 10).bytes()),
                ::testing::HasSubstr("1 of the 11 bytes of frame 2"));
    EXPECT_THAT(refusal(Capture().add(std::string(1515, 'a')).bytes()),
                ::testing::HasSubstr("frame 1 of 1515 bytes"));
}

TEST(Pcap, a_file_that_ends_anywhere_is_refused_or_shorter) {
    const std::string whole = Capture().add(std::string(80, 'a')).add(std::string(70, 'b')).bytes();
    for (size_t size = 0; size < whole.size(); size++) {
        const bool between = size == 24 + 16 + 80;
        EXPECT_EQ(refusal(whole.substr(0, size)).empty(), between) << size;
    }
}

TEST(Pcap, hexadecimal_goes_there_and_back) {
    EXPECT_EQ(to_hex(std::string("\x02\xff\0", 3)), "02ff00");
    EXPECT_EQ(from_hex("02FF00"), std::string("\x02\xff\0", 3));
    for (const char* wrong : {"0", "0g", "02f"}) EXPECT_EQ(from_hex(wrong), "");
}

}  // namespace
}  // namespace rxlab
