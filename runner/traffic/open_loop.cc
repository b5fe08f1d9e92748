// SPDX-License-Identifier: GPL-2.0
// Frames from rxnic's own wire, at a rate that the CPU under test has no influence on.
#include "base/error.h"
#include "topology/driver_counters.h"
#include "traffic/frame.h"
#include "traffic/hex.h"
#include "traffic/kinds.h"

#include <fmt/format.h>
#include <numeric>
#include <sstream>

namespace rxlab {

const char kOpenLoopSchema[] = R"({
  "type": "object",
  "required": ["packets", "rate"],
  "properties": {
    "packets": {"type": "integer", "minimum": 1, "description": "offered in the measured window"},
    "warmup_packets": {"type": "integer", "minimum": 0, "default": 0},
    "rate": {"type": "integer", "minimum": 1, "maximum": 100000000,
        "description": "packets offered a second; topology rxnic with wire lossy"},
    "packet_size": {"type": "integer", "minimum": 60, "maximum": 1514, "default": 60,
        "description": "bytes, without the check sequence"},
    "udp_dst_port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 9},
    "frames": {"type": "array", "minItems": 1, "maxItems": 10000, "items": {"type": "string",
        "pattern": "^([0-9a-fA-F]{2}){60,1518}$"},
        "description": "these instead of UDP datagrams, in turn; as 'rxlab frames FILE' prints"}
  },
  "not": {"required": ["frames"], "anyOf": [{"required": ["packet_size"]},
      {"required": ["udp_dst_port"]}]}
})";

namespace {

constexpr uint64_t kStep = 2'000'000;     // ns between two looks
constexpr size_t kMostList = 1u << 20;    // bytes that rxnic takes (kmod/nic/source.c)
constexpr uint64_t kStill = 200'000'000;  // ns without a change: no more comes

class OpenLoop : public Traffic {
public:
    OpenLoop(Sys& sys, Interface receiver, uint64_t rate, const std::vector<std::string>& frames)
        : sys_(sys), receiver_(std::move(receiver)), rate_(rate) {
        std::string list;
        for (const std::string& frame : frames) {
            const uint32_t length = static_cast<uint32_t>(frame.size());
            list.append(reinterpret_cast<const char*>(&length), sizeof length).append(frame);
            sizes_.push_back(length);
        }
        if (list.size() > kMostList)
            throw Error(Status::usage,
                        fmt::format("traffic open_loop: {} frames are {} bytes with their lengths, "
                                    "more than {}",
                                    frames.size(), list.size(), kMostList),
                        "fewer of them: rxlab frames --first N");
        write("source_frames", list);
    }

    void prepare(uint64_t packets) override {
        packets_ = packets;
        write("latency", "0");
        sys_.in_netns(receiver_.netns, [&] { source_ = sys_.writer(folder() + "source"); });
    }

    TrafficReport send() override {
        const uint64_t ended = this->ended(), dropped = this->dropped(), start = sys_.now_ns();
        source_(fmt::format("{} {}", rate_, packets_));
        sys_.sleep_until(start + packets_ * 1'000'000'000 / rate_);
        await(ended + packets_);
        return sent(static_cast<double>(this->dropped() - dropped));
    }

private:
    std::string folder() const { return fmt::format("/sys/class/net/{}/rxnic/", receiver_.name); }
    void write(const char* file, const std::string& text) {
        sys_.in_netns(receiver_.netns, [&] { sys_.write_file(folder() + file, text); });
    }
    uint64_t dropped() { return driver_counters(sys_, receiver_, {"wire_dropped_records"}); }
    uint64_t ended() {
        return driver_counters(sys_, receiver_, {"wire_dropped_records", "rx_frames"});
    }

    /// Until so many frames were dropped or received, or nothing has moved for long.
    void await(uint64_t all) {
        uint64_t before = 0, moved = sys_.now_ns();
        for (uint64_t now = ended(); now < all && sys_.now_ns() - moved < kStill; now = ended()) {
            if (now != before) moved = sys_.now_ns();
            before = now;
            sys_.sleep_ns(kStep);
        }
    }

    TrafficReport sent(double dropped) {
        const double offered = static_cast<double>(packets_);
        TrafficReport sent;
        sent.packets = packets_;
        const uint64_t rest = packets_ % sizes_.size();
        sent.bytes = std::accumulate(sizes_.begin(), sizes_.end(), uint64_t{0}) *
                         (packets_ / sizes_.size()) +
                     std::accumulate(sizes_.begin(), sizes_.begin() + static_cast<ptrdiff_t>(rest),
                                     uint64_t{0});
        sent.metrics = {{"open_loop.offered_per_second", static_cast<double>(rate_)},
                        {"open_loop.dropped_fraction", dropped / offered},
                        {"open_loop.delivered_per_second",
                         static_cast<double>(rate_) * (1 - dropped / offered)}};
        sent.latencies["open_loop.wire_to_verdict"] = latency();
        sent.raw = {{"rate", rate_}, {"dropped", dropped}};
        return sent;
    }

    /// "frames sum max", then a line "bucket count" for each that is not empty.
    Histogram latency() {
        std::string text;
        sys_.in_netns(receiver_.netns, [&] { text = sys_.read_file(folder() + "latency"); });
        std::istringstream words(text);
        Histogram histogram;
        uint64_t frames = 0;
        words >> frames >> histogram.sum >> histogram.max;
        for (uint64_t bucket, count; words >> bucket >> count;)
            histogram.counts.at(bucket) += count;
        return histogram;
    }

    Sys& sys_;
    Interface receiver_;
    uint64_t rate_, packets_ = 0;
    std::vector<uint64_t> sizes_;  // of the frames, in the order of the list
    std::function<void(const std::string&)> source_;
};

std::vector<std::string> frames_of(const Path& path, const Json& parameters, uint64_t seed) {
    std::vector<std::string> frames;
    for (const Json& frame : parameters.value("frames", Json::array()))
        frames.push_back(from_hex(frame));
    if (!frames.empty()) return frames;
    const auto frame = udp_frame(path, parameters.value("packet_size", 60), source_port(seed, 0),
                                 parameters.value("udp_dst_port", 9));
    return {{frame.begin(), frame.end()}};
}

}  // namespace

std::unique_ptr<Traffic> make_open_loop(Sys& sys, Journal&, const Topology& topology,
                                        const Json& parameters, uint64_t seed) {
    const Path& path = topology.paths.at(0);
    bool there = false;
    sys.in_netns(path.receiver.netns, [&] {
        there = sys.exists(fmt::format("/sys/class/net/{}/rxnic/source", path.receiver.name));
    });
    if (!there)
        throw Error(Status::usage,
                    fmt::format("traffic open_loop: {} has no wire that could offer frames",
                                path.receiver.name),
                    "\"topology\": {\"kind\": \"rxnic\", \"wire\": \"lossy\"}");
    return std::make_unique<OpenLoop>(sys, path.receiver, parameters.at("rate"),
                                      frames_of(path, parameters, seed));
}

}  // namespace rxlab
