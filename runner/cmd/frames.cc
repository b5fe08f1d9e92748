// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "base/json.h"
#include "cmd/commands.h"
#include "traffic/pcap.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

namespace rxlab {
namespace {

struct FramesOptions {
    std::string file;
    size_t first = 1000;
};

std::string contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (!file || file.bad())
        throw Error(Status::usage, fmt::format("{}: {}", path, std::strerror(errno)));
    return bytes;
}

void print_frames(const FramesOptions& options) {
    Json frames = Json::array();
    for (const std::string& frame :
         pcap_frames(contents(options.file), options.file, options.first))
        frames.push_back(to_hex(frame));
    fmt::print("{}\n", frames.dump(1));
}

}  // namespace

void define_frames(CLI::App& app, int&) {
    auto options = std::make_shared<FramesOptions>();
    app.add_option("FILE", options->file,
                   "a capture as tcpdump writes it (libpcap's format, Ethernet, whole frames)")
        ->required()
        ->check(CLI::ExistingFile);
    app.add_option("--first", options->first, "so many frames, at most")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    app.callback([=] { print_frames(*options); });
}

}  // namespace rxlab
