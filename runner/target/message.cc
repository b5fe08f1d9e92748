// SPDX-License-Identifier: GPL-2.0
#include "target/message.h"

#include <algorithm>

#include "base/crc32.h"

namespace rxlab {
namespace {

constexpr std::string_view kMagic = "RXLF";
constexpr size_t kHeader = 20;

void put(std::string& out, uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(value >> shift));
}

uint32_t get(std::string_view bytes, size_t at) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i)
        value |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[at + i])) << (8 * i);
    return value;
}

}  // namespace

std::string encode(const Message& message) {
    std::string bytes(kMagic);
    put(bytes, static_cast<uint32_t>(message.type));
    put(bytes, static_cast<uint32_t>(message.payload.size()));
    put(bytes, crc32(message.payload));
    put(bytes, crc32(bytes));
    return bytes + message.payload;
}

void MessageDecoder::drop(size_t bytes) {
    buffer_.erase(0, bytes);
    skipped_ += bytes;
}

void MessageDecoder::skip_to_magic() {
    size_t at = 0;
    while (at < buffer_.size() &&
           buffer_.compare(at, kMagic.size(), kMagic.substr(0, buffer_.size() - at)) != 0)
        ++at;
    drop(at);
}

std::optional<Message> MessageDecoder::next() {
    for (;;) {
        skip_to_magic();
        if (buffer_.size() < kHeader) return std::nullopt;
        const std::string_view header(buffer_.data(), kHeader);
        if (crc32(header.substr(0, kHeader - 4)) != get(header, 16)) {
            drop(1);
            continue;
        }
        const size_t length = get(header, 8);
        if (buffer_.size() < kHeader + length) return std::nullopt;
        Message message{static_cast<MessageType>(get(header, 4)), buffer_.substr(kHeader, length)};
        if (crc32(message.payload) != get(header, 12)) {
            drop(1);
            continue;
        }
        buffer_.erase(0, kHeader + length);
        return message;
    }
}

}  // namespace rxlab
