// SPDX-License-Identifier: GPL-2.0
// How observations leave the guest: messages whose loss or damage is always noticed.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rxlab {

enum class MessageType : uint32_t {
    started = 1,      ///< the guest has read its job
    observation = 2,  ///< JSON of an Observation
    error = 3,        ///< JSON {"status", "fact", "next"}: an Error thrown in the guest
    out = 4,          ///< bytes of a command's standard output
    err = 5,          ///< bytes of its standard error
    exit_status = 6,  ///< decimal exit status of the command
    done = 7,         ///< last message of a job: without it the guest was lost
};

struct Message {
    MessageType type;
    std::string payload;
};

/// No payload is longer: what announces more is no message.
inline constexpr size_t kMostPayload = 32u << 20;

/// Header of five little-endian u32 (magic "RXLF", type, length, CRC-32 of the payload, CRC-32 of
/// those four), then the payload. The header's own CRC keeps a damaged length from swallowing the
/// messages behind it.
/// @throws Error(Status::invalid) for more than kMostPayload.
std::string encode(const Message& message);

/// Takes bytes as they come, gives whole messages. Bytes that are no message are skipped and
/// counted, never guessed at. Its work is linear in the bytes, whatever they are: a payload that is
/// damaged behind a header that is not is skipped as a whole.
class MessageDecoder {
public:
    void feed(std::string_view bytes) { buffer_.append(bytes); }
    std::optional<Message> next();
    size_t skipped() const { return skipped_; }  ///< bytes that belonged to no whole message
    size_t pending() const { return buffer_.size() - at_; }  ///< of a message that has not ended

private:
    void skip_to_magic();
    void skip(size_t bytes);
    void forget();
    std::string buffer_;
    size_t at_ = 0;  ///< bytes of buffer_ that are done with
    size_t skipped_ = 0;
};

}  // namespace rxlab
