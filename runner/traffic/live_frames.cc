// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "bpf/live_path.h"
#include "sys/bpf.h"
#include "topology/namespaces.h"
#include "traffic/crew.h"
#include "traffic/frame.h"
#include "traffic/kinds.h"

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>
#include <algorithm>
#include <barrier>
#include <cerrno>
#include <cstring>
#include <numeric>

namespace rxlab {

const char kLiveFramesSchema[] = R"({
  "type": "object",
  "required": ["packets"],
  "properties": {
    "packets": {"type": "integer", "minimum": 1,
        "description": "in the measured window, over all paths"},
    "warmup_packets": {"type": "integer", "minimum": 0, "default": 0},
    "packet_size": {"type": "integer", "minimum": 60, "maximum": 1514, "default": 60,
        "description": "bytes, without the check sequence"},
    "udp_dst_port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 9},
    "cpus": {"type": "integer", "minimum": 1, "maximum": 64, "default": 1,
        "description": "CPUs that send, from CPU 0 on, each over all paths in turn"},
    "batch_size": {"type": "integer", "minimum": 1, "maximum": 256, "default": 64,
        "description": "frames sent before the receivers are polled"}
  }
})";

namespace {

/// One sending thread's own copy of the program and its frame.
struct Sender {
    BpfObject program;
    std::string netns;
    std::vector<uint8_t> frame;
    live_progress progress{};  ///< of the last sending
};

uint32_t interface_index(Sys& sys, const Interface& interface) {
    unsigned index = 0;
    sys.in_netns(interface.netns, [&] { index = ::if_nametoindex(interface.name.c_str()); });
    if (!index) throw Error(Status::invalid, fmt::format("no interface {}", interface.name));
    return index;
}

/// The kernel sends `repeat` frames from the CPU this thread is on, inside the namespace whose
/// interface the program names.
void send_frames(const Sender& sender, uint32_t repeat, uint32_t batch_size) {
    LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = sender.frame.data(),
                .data_size_in = static_cast<uint32_t>(sender.frame.size()),
                .repeat = static_cast<int>(repeat), .flags = BPF_F_TEST_XDP_LIVE_FRAMES,
                .batch_size = batch_size);
    const int result = ::bpf_prog_test_run_opts(sender.program.program(), &options);
    if (result == -EINTR) throw Error(Status::interrupted, "sending was interrupted");
    if (result < 0)
        throw Error(Status::invalid, fmt::format("live frames: {}", std::strerror(-result)),
                    "needs Linux 5.18 or later, and root");
}

void pin_to(unsigned cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (const int error = ::pthread_setaffinity_np(::pthread_self(), sizeof set, &set))
        throw Error(Status::usage, fmt::format("CPU {}: {}", cpu, std::strerror(error)),
                    "ask for fewer \"cpus\"");
}

/// One thread's place at the barrier; a thread that fails before leaves it, so that nobody waits
/// for it.
class Seat {
public:
    explicit Seat(std::barrier<>& barrier) : barrier_(barrier) {}
    ~Seat() {
        if (!left_) barrier_.arrive_and_drop();
    }
    void wait() {
        left_ = true;
        barrier_.arrive_and_wait();
    }

private:
    std::barrier<>& barrier_;
    bool left_ = false;
};

void write_progress(const Sender& sender, const live_progress& progress) {
    const uint32_t key = 0;
    if (const int error =
            ::bpf_map_update_elem(sender.program.map(".bss"), &key, &progress, BPF_ANY))
        throw Error(Status::invalid, fmt::format("live frames: {}", std::strerror(-error)));
}

live_progress read_progress(const Sender& sender) {
    return BpfMap(sender.program.map(".bss")).values<live_progress>(0).front();
}

/// The share of the time from the first start to the last end in which all were sending.
double overlap_of(const std::vector<Sender>& senders) {
    uint64_t first_start = UINT64_MAX, last_start = 0, first_end = UINT64_MAX, last_end = 0;
    for (const Sender& sender : senders) {
        first_start = std::min<uint64_t>(first_start, sender.progress.first_ns),
        last_start = std::max<uint64_t>(last_start, sender.progress.first_ns);
        first_end = std::min<uint64_t>(first_end, sender.progress.last_ns),
        last_end = std::max<uint64_t>(last_end, sender.progress.last_ns);
    }
    if (senders.size() == 1 || last_end <= first_start) return 1;
    return first_end > last_start ? static_cast<double>(first_end - last_start) /
                                        static_cast<double>(last_end - first_start)
                                  : 0;
}

class LiveFrames : public Traffic {
public:
    LiveFrames(Sys& sys, std::vector<Sender> senders, uint32_t batch_size)
        : sys_(sys), senders_(std::move(senders)), batch_size_(batch_size) {}

    void prepare(uint64_t packets) override {
        shares_ = split(packets, senders_.size());
        if (shares_[0] > INT32_MAX)
            throw Error(Status::usage,
                        fmt::format("{} packets from one CPU are too many", shares_[0]),
                        "2147483647 are possible");
        // Whole batches are timed: from the first frame of the first one to the first frame of the
        // last one.
        for (size_t cpu = 0; cpu < senders_.size(); cpu++)
            write_progress(
                senders_[cpu],
                {.last = static_cast<uint32_t>((shares_[cpu] - 1) / batch_size_ * batch_size_)});
    }

    TrafficReport send() override {
        Crew crew;
        std::barrier together(static_cast<std::ptrdiff_t>(senders_.size()));
        for (size_t cpu = 0; cpu < senders_.size(); cpu++)
            crew.add([&, cpu] { send_from(cpu, together); });
        crew.join();
        return sent();
    }

private:
    void send_from(size_t cpu, std::barrier<>& together) {
        Seat seat(together);
        pin_to(static_cast<unsigned>(cpu));
        Sender& sender = senders_[cpu];
        sys_.in_netns(sender.netns, [&] {
            seat.wait();
            send_frames(sender, static_cast<uint32_t>(shares_[cpu]), batch_size_);
        });
        sender.progress = read_progress(sender);
    }

    TrafficReport sent() const {
        TrafficReport sent;
        sent.packets = std::accumulate(shares_.begin(), shares_.end(), uint64_t{0});
        sent.bytes = sent.packets * senders_[0].frame.size();
        uint64_t start = UINT64_MAX, end = 0;
        for (const Sender& sender : senders_) {
            start = std::min<uint64_t>(start, sender.progress.first_ns),
            end = std::max<uint64_t>(end, sender.progress.last_ns);
            sent.busy_packets += sender.progress.last;
        }
        sent.busy_ns = sent.busy_packets ? end - start : 0;
        sent.overlap = overlap_of(senders_);
        sent.raw = {{"cpus", senders_.size()},
                    {"batch_size", batch_size_},
                    {"timed_packets", sent.busy_packets},
                    {"overlap", sent.overlap}};
        return sent;
    }

    Sys& sys_;
    std::vector<Sender> senders_;
    uint32_t batch_size_;
    std::vector<uint64_t> shares_;
};

/// A redirected frame gets into veth only where the sending side may transmit frames (its GRO is
/// on) and the receiving side polls (its GRO is on, or a native XDP program is there).
void accept_frames(Sys& sys, Journal& journal, const Path& path) {
    for (const Interface& end : {path.generator, path.receiver}) {
        if (path.borrowed)
            journal.set_knob("ethtool:" + knob_object(end, "feature/generic-receive-offload"),
                             "on");
        else
            run_or_throw(sys, {"ethtool", "-K", end.name, "gro", "on"}, {},
                         end.netns);  // goes with its namespace
    }
}

Sender make_sender(Sys& sys, const Topology& topology, const Json& parameters, uint64_t seed,
                   size_t cpu) {
    const size_t paths = topology.paths.size();
    Sender sender{
        load_bpf("live_redirect", {{"paths", paths}}), topology.paths[0].generator.netns, {}};
    for (uint32_t n = 0; n < paths; n++) {
        const Path& path = topology.paths[n];
        const auto frame =
            udp_frame(path, parameters.value("packet_size", 60), source_port(seed, cpu * paths + n),
                      parameters.value("udp_dst_port", 9));
        live_path entry{.ifindex = interface_index(sys, path.generator)};
        std::copy_n(frame.begin(), sizeof entry.header, entry.header);
        if (const int error =
                ::bpf_map_update_elem(sender.program.map("live_paths"), &n, &entry, BPF_ANY))
            throw Error(Status::invalid, fmt::format("live frames: {}", std::strerror(-error)));
        if (n == 0) sender.frame = frame;
    }
    return sender;
}

}  // namespace

void announce_live_frames(Sys& sys, Journal& journal, const Topology& topology, const Json&) {
    for (const Path& path : topology.paths) accept_frames(sys, journal, path);
}

std::unique_ptr<Traffic> make_live_frames(Sys& sys, Journal& journal, const Topology& topology,
                                          const Json& parameters, uint64_t seed) {
    announce_live_frames(sys, journal, topology, parameters);
    std::vector<Sender> senders;
    for (int cpu = 0; cpu < parameters.value("cpus", 1); cpu++)
        senders.push_back(make_sender(sys, topology, parameters, seed, cpu));
    return std::make_unique<LiveFrames>(sys, std::move(senders),
                                        parameters.value("batch_size", 64));
}

void require_root(Sys&, const Json&) {
    // Known since Linux 5.18; an older kernel refuses the flag itself.
    if (::geteuid() != 0)
        throw Error(Status::usage, "this traffic needs root", "sudo, or --target vm");
}

}  // namespace rxlab
