// SPDX-License-Identifier: GPL-2.0
#include "base/json.h"
#include "cmd/options.h"
#include "traffic/capture.h"
#include "traffic/hex.h"

#include <fmt/format.h>
#include <memory>

namespace rxlab {
namespace {

struct FramesOptions {
    std::string file;
    CaptureOptions capture;
};

void tell_left_out(const Capture& capture) {
    for (const auto& [reason, count] : capture.left_out)
        fmt::print(stderr, "rxlab: {} left out: {}\n", count, reason);
}

void print_frames(const FramesOptions& options) {
    const Capture capture = read_capture(options.file, options.capture);
    Json frames = Json::array();
    for (const std::string& frame : capture.frames) frames.push_back(to_hex(frame));
    fmt::print("{}\n", frames.dump(1));
    tell_left_out(capture);
}

}  // namespace

void define_frames(CommandOptions command) {
    auto options = std::make_shared<FramesOptions>();
    command
        .option("FILE", options->file,
                "a capture that libpcap reads (pcap, pcapng; Ethernet, whole frames); - is "
                "standard input")
        .required();
    command.option("--first", options->capture.first, "so many frames, at most")
        .between(1, 10'000)
        .shows_default();
    command.flag("--skip", options->capture.skip,
                 "leave out frames that cannot be sent, and count them by reason, instead of "
                 "refusing the file");
    command.does([=] { print_frames(*options); });
}

}  // namespace rxlab
