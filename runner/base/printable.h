// SPDX-License-Identifier: GPL-2.0
// Text of strangers (a guest, a file, a device) as a message may show it.
#pragma once
#include <string>
#include <string_view>

namespace rxlab {

/// Valid UTF-8 that moves no cursor: bytes that are no UTF-8, control characters (escape sequences
/// begin with one) and characters that turn the direction of writing become "\xNN", byte by byte.
/// Tabs and line feeds stay.
std::string printable(std::string_view bytes);

/// The same, at most `most` bytes of the input, of which the rest is counted: "abc... (4160
/// bytes)".
std::string printable(std::string_view bytes, size_t most);

}  // namespace rxlab
