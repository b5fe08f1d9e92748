// SPDX-License-Identifier: GPL-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace rxlab {

constexpr size_t kLeastFrame = 60,
                 kMostFrame = 1514;  ///< bytes of an Ethernet frame without its check sequence

/// The frames of a capture in libpcap's classic format
/// (https://www.tcpdump.org/manpages/pcap-savefile.5.html), either byte order, microseconds or
/// nanoseconds; at most `most` of them. A frame that was captured on its way out, before it was
/// filled up to kLeastFrame, is filled up with zeros.
/// @throws Error(Status::usage) for another format, another link than Ethernet, a frame that was
/// cut off or is too long; `name` is
///         what the message calls it.
std::vector<std::string> pcap_frames(const std::string& bytes, const std::string& name,
                                     size_t most);

/// "02ff" for two bytes, and back; nothing where it is not an even number of hexadecimal digits.
std::string to_hex(const std::string& bytes);
std::string from_hex(const std::string& text);

}  // namespace rxlab
