// SPDX-License-Identifier: GPL-2.0
#include "target/message.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/crc32.h"
#include "base/error.h"

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
    if (message.payload.size() > kMostPayload)
        throw Error(Status::invalid, fmt::format("a message of {} bytes, more than {}",
                                                 message.payload.size(), kMostPayload));
    std::string bytes(kMagic);
    put(bytes, static_cast<uint32_t>(message.type));
    put(bytes, static_cast<uint32_t>(message.payload.size()));
    put(bytes, crc32(message.payload));
    put(bytes, crc32(bytes));
    return bytes + message.payload;
}

void MessageDecoder::skip(size_t bytes) {
    at_ += bytes;
    skipped_ += bytes;
}

/// Moves what is left no more often than as many bytes have gone.
void MessageDecoder::forget() {
    if (at_ < buffer_.size() - at_) return;
    buffer_.erase(0, at_);
    at_ = 0;
}

/// To the next magic, or to the longest end of the bytes that may become one.
void MessageDecoder::skip_to_magic() {
    size_t at = buffer_.find(kMagic, at_);
    if (at == std::string::npos) {
        at = std::max(at_, buffer_.size() - std::min(buffer_.size(), kMagic.size() - 1));
        while (!kMagic.starts_with(std::string_view(buffer_).substr(at))) ++at;
    }
    skip(at - at_);
}

std::optional<Message> MessageDecoder::next() {
    for (;;) {
        forget();
        skip_to_magic();
        const std::string_view left = std::string_view(buffer_).substr(at_);
        if (left.size() < kHeader) return std::nullopt;
        const size_t length = get(left, 8);
        if (crc32(left.substr(0, kHeader - 4)) != get(left, 16) || length > kMostPayload) {
            skip(1);
            continue;
        }
        if (left.size() < kHeader + length) return std::nullopt;
        const std::string_view payload = left.substr(kHeader, length);
        if (crc32(payload) != get(left, 12)) {
            skip(kHeader + length);
            continue;
        }
        Message message{static_cast<MessageType>(get(left, 4)), std::string(payload)};
        at_ += kHeader + length;
        return message;
    }
}

}  // namespace rxlab
