// SPDX-License-Identifier: GPL-2.0
// Frames that were captured, as they can be sent. libpcap reads the file.
#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace rxlab {

/// Bytes of an Ethernet frame without its check sequence.
constexpr size_t kEthernetHeader = 14, kLeastFrame = 60, kMostFrame = 1514,
                 kMostTagged = 1518;  ///< with one VLAN tag

struct CaptureOptions {
    size_t first = 1000;  ///< so many frames, at most
    bool skip = false;    ///< leave out what cannot be sent instead of refusing the capture
};

struct Capture {
    std::vector<std::string> frames;
    std::map<std::string, size_t> left_out;  ///< with `skip`: reason -> how many records
};

/// The frames of whatever libpcap reads: pcap of either byte order and clock, its modified form,
/// pcapng. A frame that was captured on its way out, before it was filled up to kLeastFrame, is
/// filled up with zeros; a check sequence that the capture's link type announces is taken off.
/// A record that was cut off, that is longer than its frame, shorter than an Ethernet header or too
/// long to be sent is refused, or left out.
/// @throws Error(Status::usage) for what is refused, another link than Ethernet, no frame at all.
/// `path` "-" is standard input.
Capture read_capture(const std::string& path, const CaptureOptions& options = {});
/// The same of a capture in memory; `name` is what messages call it.
Capture parse_capture(const std::string& bytes, const std::string& name,
                      const CaptureOptions& options = {});

}  // namespace rxlab
