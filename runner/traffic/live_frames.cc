// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "bpf/live_path.h"
#include "sys/bpf.h"
#include "traffic/frame.h"
#include "traffic/kinds.h"

#include <algorithm>
#include <bpf/bpf.h>
#include <cerrno>
#include <cstring>
#include <exception>
#include <fmt/format.h>
#include <net/if.h>
#include <numeric>
#include <pthread.h>
#include <sched.h>
#include <thread>
#include <unistd.h>

namespace rxlab {

const char kLiveFramesSchema[] = R"({
  "type": "object",
  "required": ["packets"],
  "properties": {
    "packets": {"type": "integer", "minimum": 1, "description": "in the measured window, over all paths"},
    "warmup_packets": {"type": "integer", "minimum": 0, "default": 0},
    "packet_size": {"type": "integer", "minimum": 60, "maximum": 1514, "default": 60, "description": "bytes, without the check sequence"},
    "udp_dst_port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 9},
    "cpus": {"type": "integer", "minimum": 1, "maximum": 64, "default": 1, "description": "CPUs that send, from CPU 0 on, each over all paths in turn"},
    "batch_size": {"type": "integer", "minimum": 1, "maximum": 256, "default": 64, "description": "frames sent before the receivers are polled"}
  }
})";

namespace {

/// One sending thread's own copy of the program and its frame.
struct Sender {
    BpfObject program;
    std::string netns;
    std::vector<uint8_t> frame;
    uint64_t busy_ns = 0; ///< of the last sending
};

uint32_t interface_index(Sys& sys, const Interface& interface) {
    unsigned index = 0;
    sys.in_netns(interface.netns, [&] { index = ::if_nametoindex(interface.name.c_str()); });
    if (!index) throw Error(Status::invalid, fmt::format("no interface {}", interface.name));
    return index;
}

/// The kernel sends `repeat` frames from the CPU this thread is on, inside the namespace whose interface the program names.
/// Returns what that took in ns, as the kernel tells it: to the nanosecond per frame. Time around the call would contain
/// grace periods that the kernel waits for before and after, and they end at timer ticks.
uint64_t send_frames(const Sender& sender, uint32_t repeat, uint32_t batch_size) {
    LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = sender.frame.data(), .data_size_in = static_cast<uint32_t>(sender.frame.size()),
                .repeat = static_cast<int>(repeat), .flags = BPF_F_TEST_XDP_LIVE_FRAMES,
                .batch_size = batch_size);
    const int result = ::bpf_prog_test_run_opts(sender.program.program(), &options);
    if (result == -EINTR) throw Error(Status::interrupted, "sending was interrupted");
    if (result < 0) throw Error(Status::invalid, fmt::format("live frames: {}", std::strerror(-result)), "needs Linux 5.18 or later, and root");
    return uint64_t{options.duration} * repeat;
}

void pin_to(unsigned cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (const int error = ::pthread_setaffinity_np(::pthread_self(), sizeof set, &set))
        throw Error(Status::usage, fmt::format("CPU {}: {}", cpu, std::strerror(error)), "ask for fewer \"cpus\"");
}

/// Threads that fail hand their exception to the caller.
class Crew {
public:
    template <typename Work> void add(Work work) {
        auto& failure = failures_.emplace_back(std::make_unique<std::exception_ptr>());
        threads_.emplace_back([work, slot = failure.get()] {
            try {
                work();
            } catch (...) {
                *slot = std::current_exception();
            }
        });
    }
    void join() {
        for (std::thread& thread : threads_) thread.join();
        threads_.clear();
        for (const auto& failure : failures_)
            if (*failure) std::rethrow_exception(*failure);
    }
    ~Crew() {
        for (std::thread& thread : threads_) thread.join();
    }

private:
    std::vector<std::thread> threads_;
    std::vector<std::unique_ptr<std::exception_ptr>> failures_;
};

class LiveFrames : public Traffic {
public:
    LiveFrames(Sys& sys, std::vector<Sender> senders, uint32_t batch_size) : sys_(sys), senders_(std::move(senders)), batch_size_(batch_size) {}

    void prepare(uint64_t packets) override {
        shares_ = split(packets, senders_.size());
        if (shares_[0] > INT32_MAX) throw Error(Status::usage, fmt::format("{} packets from one CPU are too many", shares_[0]), "2147483647 are possible");
    }

    Sent send() override {
        Crew crew;
        for (size_t cpu = 0; cpu < senders_.size(); cpu++) crew.add([this, cpu] { send_from(cpu, static_cast<uint32_t>(shares_[cpu])); });
        crew.join();
        Sent sent;
        sent.packets = std::accumulate(shares_.begin(), shares_.end(), uint64_t{0});
        sent.bytes = sent.packets * senders_[0].frame.size();
        sent.busy_ns = std::max_element(senders_.begin(), senders_.end(), [](auto& a, auto& b) { return a.busy_ns < b.busy_ns; })->busy_ns;
        sent.raw = {{"cpus", senders_.size()}, {"batch_size", batch_size_}};
        return sent;
    }

private:
    void send_from(size_t cpu, uint32_t packets) {
        pin_to(static_cast<unsigned>(cpu));
        Sender& sender = senders_[cpu];
        sys_.in_netns(sender.netns, [&] { sender.busy_ns = send_frames(sender, packets, batch_size_); });
    }

    Sys& sys_;
    std::vector<Sender> senders_;
    uint32_t batch_size_;
    std::vector<uint64_t> shares_;
};

/// A redirected frame gets into veth only where the sending side may transmit frames (its GRO is on) and the receiving
/// side polls (its GRO is on, or a native XDP program is there).
void accept_frames(Sys& sys, const Path& path) {
    for (const Interface& end : {path.generator, path.receiver}) run_or_throw(sys, {"ethtool", "-K", end.name, "gro", "on"}, {}, end.netns);
}

Sender make_sender(Sys& sys, const Topology& topology, const Json& parameters, uint64_t seed, size_t cpu) {
    const size_t paths = topology.paths.size();
    Sender sender{load_bpf("live_redirect", {{"paths", paths}}), topology.paths[0].generator.netns, {}};
    for (uint32_t n = 0; n < paths; n++) {
        const Path& path = topology.paths[n];
        const auto frame = udp_frame(path, parameters.value("packet_size", 60), source_port(seed, cpu * paths + n), parameters.value("udp_dst_port", 9));
        live_path entry{.ifindex = interface_index(sys, path.generator)};
        std::copy_n(frame.begin(), sizeof entry.header, entry.header);
        if (const int error = ::bpf_map_update_elem(sender.program.map("live_paths"), &n, &entry, BPF_ANY))
            throw Error(Status::invalid, fmt::format("live frames: {}", std::strerror(-error)));
        if (n == 0) sender.frame = frame;
    }
    return sender;
}

} // namespace

std::unique_ptr<Traffic> make_live_frames(Sys& sys, Journal&, const Topology& topology, const Json& parameters, uint64_t seed) {
    require_generators(topology, "live_frames");
    for (const Path& path : topology.paths) accept_frames(sys, path); // not journaled: the interfaces go with their namespace
    std::vector<Sender> senders;
    for (int cpu = 0; cpu < parameters.value("cpus", 1); cpu++) senders.push_back(make_sender(sys, topology, parameters, seed, cpu));
    return std::make_unique<LiveFrames>(sys, std::move(senders), parameters.value("batch_size", 64));
}

std::string live_frames_missing(Sys&) {
    // Known since Linux 5.18; an older kernel refuses the flag itself.
    return ::geteuid() == 0 ? "" : "live frames need root";
}

} // namespace rxlab
