// SPDX-License-Identifier: GPL-2.0
#pragma once
#include <cstdio>
#include <memory>
#include <string>

struct pcap;

namespace rxlab {

struct CloseCapture {
    void operator()(pcap* capture) const;
};
/// libpcap's reader of a file.
using CaptureFile = std::unique_ptr<pcap, CloseCapture>;

/// Takes the file: it is closed with the capture, or at once when it is none, which gives null and
/// libpcap's reason. Standard input stays open.
CaptureFile open_capture(std::FILE* file, std::string& reason);

}  // namespace rxlab
