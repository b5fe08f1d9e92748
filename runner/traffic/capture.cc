// SPDX-License-Identifier: GPL-2.0
#include "traffic/pcap.h"

#include "base/error.h"

#include <fmt/format.h>
#include <cstring>

namespace rxlab {
namespace {

constexpr uint32_t kMicroseconds = 0xa1b2c3d4, kNanoseconds = 0xa1b23c4d,
                   kNextGeneration = 0x0a0d0d0a;
constexpr uint32_t kEthernet = 1, kLinkType = 0x0fffffff;  // the upper bits say other things
constexpr size_t kFileHeader = 24, kLinkAt = 20, kFrameHeader = 16, kCapturedAt = 8, kLengthAt = 12;

class Reader {
public:
    Reader(const std::string& bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {
        if (bytes.size() < kFileHeader) refuse("is no capture: it ends within its header");
        const uint32_t magic = word(0);
        if (magic == kNextGeneration) refuse("is a pcapng capture", "editcap -F pcap IN OUT");
        swapped_ =
            magic == __builtin_bswap32(kMicroseconds) || magic == __builtin_bswap32(kNanoseconds);
        if (!swapped_ && magic != kMicroseconds && magic != kNanoseconds)
            refuse("is no capture in libpcap's format");
        if (const uint32_t link = word(kLinkAt) & kLinkType; link != kEthernet)
            refuse(fmt::format("was captured on link type {}, not on Ethernet", link));
    }

    std::vector<std::string> frames(size_t most) {
        std::vector<std::string> frames;
        for (size_t at = kFileHeader; at < bytes_.size() && frames.size() < most;)
            frames.push_back(frame(at, frames.size() + 1));
        if (frames.empty()) refuse("has no frame");
        return frames;
    }

private:
    std::string frame(size_t& at, size_t number) {
        if (bytes_.size() - at < kFrameHeader) refuse(fmt::format("ends within frame {}", number));
        const size_t captured = word(at + kCapturedAt), length = word(at + kLengthAt);
        at += kFrameHeader;
        if (captured > bytes_.size() - at) refuse(fmt::format("ends within frame {}", number));
        if (captured < length)
            refuse(fmt::format("has {} of the {} bytes of frame {}", captured, length, number),
                   "capture whole frames: tcpdump -s 0");
        if (captured > kMostFrame)
            refuse(fmt::format("has a frame {} of {} bytes, more than {}", number, captured,
                               kMostFrame),
                   "capture with GRO, LRO and TSO off: ethtool -K IFACE gro off lro off tso off");
        std::string frame = bytes_.substr(at, captured);
        at += captured;
        if (frame.size() < kLeastFrame) frame.resize(kLeastFrame, '\0');
        return frame;
    }
    uint32_t word(size_t at) const {
        uint32_t value;
        std::memcpy(&value, bytes_.data() + at, sizeof value);
        return swapped_ ? __builtin_bswap32(value) : value;
    }
    [[noreturn]] void refuse(
        const std::string& what,
        const std::string& next = "a capture as 'tcpdump -s 0 -w FILE' writes it") const {
        throw Error(Status::usage, fmt::format("{} {}", name_, what), next);
    }

    const std::string& bytes_;
    std::string name_;
    bool swapped_ = false;
};

int digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

}  // namespace

std::vector<std::string> pcap_frames(const std::string& bytes, const std::string& name,
                                     size_t most) {
    return Reader(bytes, name).frames(most);
}

std::string to_hex(const std::string& bytes) {
    std::string text;
    for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<uint8_t>(byte));
    return text;
}

std::string from_hex(const std::string& text) {
    std::string bytes;
    for (size_t i = 0; i + 1 < text.size(); i += 2) {
        const int high = digit(text[i]), low = digit(text[i + 1]);
        if (high < 0 || low < 0) return {};
        bytes += static_cast<char>(high * 16 + low);
    }
    return text.size() % 2 ? std::string() : bytes;
}

}  // namespace rxlab
