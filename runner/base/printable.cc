// SPDX-License-Identifier: GPL-2.0
#include "base/printable.h"

#include <fmt/format.h>
#include <algorithm>
#include <cstdint>

namespace rxlab {
namespace {

/// What a first byte announces: how many bytes in all (0: none begins so) and its own bits.
struct Lead {
    size_t length;
    uint32_t bits;
};

Lead lead_of(uint8_t byte) {
    if (byte < 0x80) return {1, byte};
    if (byte >= 0xc2 && byte < 0xe0) return {2, byte & 0x1fu};
    if (byte >= 0xe0 && byte < 0xf0) return {3, byte & 0x0fu};
    if (byte >= 0xf0 && byte < 0xf5) return {4, byte & 0x07u};
    return {0, 0};
}

/// Longer than need be, a half of a surrogate pair, beyond Unicode: RFC 3629 forbids each.
bool is_character(uint32_t code, size_t length) {
    constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    return code >= kLeast[length] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

bool harmless(uint32_t code) {
    const bool control =
        (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code < 0xa0);
    const bool separator = code == 0x2028 || code == 0x2029;
    const bool direction = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return !control && !separator && !direction;
}

/// Bytes of the character that `bytes` begins with, when it may be shown; else 0.
size_t shown_whole(std::string_view bytes) {
    const auto [length, bits] = lead_of(static_cast<uint8_t>(bytes[0]));
    if (length == 0 || length > bytes.size()) return 0;
    uint32_t code = bits;
    for (size_t i = 1; i < length; i++) {
        const auto byte = static_cast<uint8_t>(bytes[i]);
        if ((byte & 0xc0) != 0x80) return 0;
        code = code << 6 | (byte & 0x3fu);
    }
    return is_character(code, length) && harmless(code) ? length : 0;
}

}  // namespace

std::string printable(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        const size_t whole = shown_whole(bytes);
        if (whole)
            text.append(bytes.substr(0, whole));
        else
            text += fmt::format("\\x{:02x}", static_cast<uint8_t>(bytes[0]));
        bytes.remove_prefix(std::max<size_t>(whole, 1));
    }
    return text;
}

std::string printable(std::string_view bytes, size_t most) {
    if (bytes.size() <= most) return printable(bytes);
    return fmt::format("{}... ({} bytes)", printable(bytes.substr(0, most)), bytes.size());
}

}  // namespace rxlab
