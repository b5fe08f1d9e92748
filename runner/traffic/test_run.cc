// SPDX-License-Identifier: GPL-2.0
// One frame through the receiver's XDP program again and again, by BPF_PROG_TEST_RUN: the program
// alone, without a driver.
#include "base/error.h"
#include "sys/bpf.h"
#include "traffic/frame.h"
#include "traffic/kinds.h"

#include <fmt/format.h>
#include <algorithm>

namespace rxlab {

const char kTestRunSchema[] = R"({
  "type": "object",
  "required": ["packets"],
  "properties": {
    "packets": {"type": "integer", "minimum": 1, "maximum": 2000000000,
        "description": "runs of the program in the measured window"},
    "warmup_packets": {"type": "integer", "minimum": 0, "default": 0},
    "packet_size": {"type": "integer", "minimum": 60, "maximum": 1514, "default": 60,
        "description": "bytes, without the check sequence"},
    "udp_dst_port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 9}
  }
})";

namespace {

class TestRun : public Traffic {
public:
    TestRun(Sys& sys, Interface receiver, std::vector<uint8_t> frame)
        : sys_(sys), receiver_(std::move(receiver)), frame_(std::move(frame)) {
        sinks.push_back({"test_run.returned", [this] { return returned_; }});
    }

    void prepare(uint64_t packets) override {
        const auto attached = xdp_attached(sys_, receiver_.netns, receiver_.name);
        if (!attached)
            throw Error(
                Status::usage,
                fmt::format("traffic test_run: {} has no XDP program to run", receiver_.name),
                R"(a setup with one: "xdp" or "port_filter")");
        program_ = program_of_id(attached->id);
        counts_ = map_of_program(attached->id, "xdp_verdicts").has_value();
        packets_ = packets;
    }

    TrafficReport send() override {
        const uint64_t start = sys_.now_ns();
        const uint32_t verdict =
            test_run_xdp(program_.get(), frame_, static_cast<uint32_t>(packets_));
        TrafficReport sent;
        sent.busy_ns = sys_.now_ns() - start;
        sent.packets = sent.busy_packets = packets_;
        sent.bytes = packets_ * frame_.size();
        sent.raw = {{"verdict", verdict}};
        // What passes goes to no stack here, and what a program does not count nobody else does.
        if (!counts_ || verdict == XDP_PASS) returned_ += packets_;
        return sent;
    }

private:
    Sys& sys_;
    Interface receiver_;
    std::vector<uint8_t> frame_;
    Fd program_;
    bool counts_ = false;
    uint64_t packets_ = 0, returned_ = 0;
};

}  // namespace

std::unique_ptr<Traffic> make_test_run(Sys& sys, Journal&, const Topology& topology,
                                       const Json& parameters, uint64_t seed) {
    const Path& path = topology.paths.at(0);
    return std::make_unique<TestRun>(
        sys, path.receiver,
        udp_frame(path, parameters.value("packet_size", 60), source_port(seed, 0),
                  parameters.value("udp_dst_port", 9)));
}

}  // namespace rxlab
