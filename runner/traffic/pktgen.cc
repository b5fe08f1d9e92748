// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "base/interrupt.h"
#include "sys/bpf.h"
#include "sys/read_if_there.h"
#include "traffic/kinds.h"
#include "traffic/pktgen_text.h"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>

namespace rxlab {

const char kPktgenSchema[] = R"({
  "type": "object",
  "required": ["packets"],
  "properties": {
    "packets": {"type": "integer", "minimum": 1,
        "description": "in the measured window, over all paths"},
    "warmup_packets": {"type": "integer", "minimum": 0, "default": 0},
    "packet_size": {"type": "integer", "minimum": 60, "maximum": 1514, "default": 60,
        "description": "bytes, without the check sequence"},
    "udp_dst_port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 9},
    "dst_mac": {"title": "a MAC address", "type": "string",
        "pattern": "^[0-9a-f]{2}(:[0-9a-f]{2}){5}$", "description": "default: the receiver's"},
    "dst_ip": {"title": "an IPv4 address", "type": "string",
        "pattern": "^[0-9]{1,3}([.][0-9]{1,3}){3}$", "description": "default: the receiver's"},
    "udp_checksum": {"type": "boolean", "default": false,
        "description": "GRO merges no datagram without one"},
    "clone_skb": {"type": "integer", "minimum": 0, "default": 0,
        "description": "times a packet is sent again; veth takes 0 only"},
    "burst": {"type": "integer", "minimum": 1, "default": 1,
        "description": "packets per call of the driver; veth takes 1 only"},
    "cpus": {"type": "integer", "minimum": 1, "maximum": 64, "default": 1,
        "description": "CPUs that send, from CPU 0 on"}
  }
})";

namespace {

const std::string kFolder =
    "/proc/thread-self/net/pktgen/";  // the folder belongs to the thread's network namespace

struct Device {
    std::string netns, file;
    std::vector<std::string> commands;
};

class Pktgen : public Traffic {
public:
    Pktgen(Sys& sys, std::vector<Device> devices, size_t size)
        : sys_(sys), devices_(std::move(devices)), size_(size) {}

    void prepare(uint64_t packets) override {
        shares_ = split(packets, devices_.size());
        for (size_t i = 0; i < devices_.size(); i++)
            command(devices_[i], fmt::format("count {}", shares_[i]));
        sys_.in_netns(devices_[0].netns, [&] { control_ = sys_.writer(kFolder + "pgctrl"); });
    }

    TrafficReport send() override {
        sys_.in_netns(devices_[0].netns,
                      [&] { control_("start\n"); });  // it starts those of the writer's namespace
        TrafficReport sent;
        for (size_t i = 0; i < devices_.size(); i++) add(sent, devices_[i], shares_[i]);
        return sent;
    }

    /// Forgets what an earlier run set, adds the devices and configures them.
    void configure(size_t threads) {
        sys_.in_netns(devices_[0].netns, [&] { sys_.write_file(kFolder + "pgctrl", "reset\n"); });
        for (size_t i = 0; i < devices_.size(); i++) {
            const Device thread{devices_[i].netns, fmt::format("kpktgend_{}", i % threads), {}};
            if (i < threads && !there(thread))
                throw Error(Status::usage, fmt::format("pktgen has no thread for CPU {}", i),
                            "ask for fewer \"cpus\"");
            command(thread, "add_device " + devices_[i].file);
        }
        for (const Device& device : devices_) {
            for (const std::string& line : device.commands) command(device, line);
            shared_ |= !accepts(device, "flag !SHARED");
            verify(device);
        }
    }

    /// Does pktgen keep a reference to each skb it sends? Kernels before 6.7 always do; later ones
    /// as long as packets are cloned or sent in bursts.
    bool shared() const { return shared_; }

private:
    bool there(const Device& device) {
        bool found = false;
        sys_.in_netns(device.netns, [&] { found = sys_.exists(kFolder + device.file); });
        return found;
    }

    std::string read(const Device& device) {
        std::string text;
        sys_.in_netns(device.netns, [&] { text = sys_.read_file(kFolder + device.file); });
        return text;
    }

    void command(const Device& device, const std::string& line) {
        const Answer answer = say(device, line);
        if (answer.ok()) return;
        throw Error(Status::invalid,
                    fmt::format("pktgen {}: '{}' was answered '{}'{}{}", device.file, line,
                                answer.text, answer.refused.empty() ? "" : "; ", answer.refused));
    }

    bool accepts(const Device& device, const std::string& line) { return say(device, line).ok(); }

    struct Answer {
        std::string text, refused;
        bool ok() const { return refused.empty() && text.starts_with("OK: "); }
    };

    /// pktgen takes many wrong words without an error; only its answer tells.
    Answer say(const Device& device, const std::string& line) {
        std::string refused;
        sys_.in_netns(device.netns, [&] {
            try {
                sys_.write_file(kFolder + device.file, line + "\n");
            } catch (const Error& error) {
                refused = error.what();
            }
        });
        return {pktgen_answer(read(device)), refused};
    }

    void verify(const Device& device) {
        const std::string text = read(device);
        for (const std::string& line : device.commands) {
            const size_t space = line.find(' ');
            const std::string key = line.substr(0, space), wanted = line.substr(space + 1);
            const auto found = pktgen_setting(text, key == "pkt_size" ? "min_pkt_size" : key);
            if (found && *found != wanted)
                throw Error(Status::invalid, fmt::format("pktgen {}: {} is {}, not {}", device.file,
                                                         key, *found, wanted));
        }
    }

    void add(TrafficReport& sent, const Device& device, uint64_t share) {
        const std::string text = pktgen_when_done(sys_, [&] { return read(device); });
        const PktgenResult result = parse_pktgen_result(text);
        if (result.packets < share)
            throw Error(Status::interrupted,
                        fmt::format("pktgen {} was stopped after {} of {} packets", device.file,
                                    result.packets, share));
        // A frame counted as an error was taken and dropped by the driver; it has its place among
        // the sinks.
        sent.packets += result.packets + result.errors;
        sent.busy_packets = sent.packets;
        sent.bytes += (result.packets + result.errors) * size_;
        sent.errors += result.errors;
        // With a delay of 0 its "idle" is others' work on this CPU (ksoftirqd), so it belongs to
        // the cost.
        sent.busy_ns = std::max(sent.busy_ns, result.elapsed_us * 1000);
        sent.raw[device.file] = text.substr(text.rfind("Result: "));
    }

    Sys& sys_;
    std::vector<Device> devices_;
    size_t size_;
    bool shared_ = false;
    std::vector<uint64_t> shares_;
    std::function<void(const std::string&)> control_;
};

/// Generic XDP makes room in a frame's head, which is a kernel BUG (skb_shared in pskb_expand_head)
/// where somebody else holds the skb too, as pktgen then does: the kernel dies.
void refuse_generic_xdp(Sys& sys, const Topology& topology) {
    if (topology.fresh_skbs) return;
    for (const Path& path : topology.paths) {
        const auto attached = xdp_attached(sys, path.receiver.netns, path.receiver.name);
        if (attached && attached->mode == XdpMode::generic)
            throw Error(Status::usage,
                        "this kernel's pktgen keeps a reference to every skb, and generic XDP on "
                        "such an skb is a kernel BUG",
                        "a kernel from 6.7 on with clone_skb 0 and burst 1, traffic live_frames, "
                        "or --arm for the other arms");
    }
}

/// The file that tells how often a thread ran; empty when there is no such thread.
std::string schedstat_of(Sys& sys, const std::string& thread) {
    for (const std::string& pid : sys.list("/proc")) {
        const std::string folder = "/proc/" + pid;
        if (std::isdigit(static_cast<unsigned char>(pid[0])) &&
            read_if_there(sys, folder + "/comm") == thread + "\n")
            return folder + "/schedstat";
    }
    return "";
}

size_t transmit_queues(Sys& sys, const Interface& interface) {
    std::vector<std::string> queues;
    sys.in_netns(interface.netns,
                 [&] { queues = sys.list("/sys/class/net/" + interface.name + "/queues"); });
    return std::max<size_t>(1, std::count_if(queues.begin(), queues.end(),
                                             [](auto& name) { return name.starts_with("tx-"); }));
}

Device make_device(Sys& sys, const Topology& topology, const Json& parameters, size_t n,
                   size_t cpus, uint64_t seed) {
    const Path path = addressed(topology.paths[n % topology.paths.size()], parameters);
    const uint16_t source = source_port(seed, n), port = parameters.value("udp_dst_port", 9);
    const size_t queue =
        cpus > 1 ? n / topology.paths.size() % transmit_queues(sys, path.generator) : 0;
    Device device{path.generator.netns, fmt::format("{}@{}", path.generator.name, n), {}};
    const auto set = [&](const std::string& line) { device.commands.push_back(line); };
    set("count 1");
    set(fmt::format("pkt_size {}", parameters.value("packet_size", 60)));
    set("delay 0");
    set(fmt::format("clone_skb {}", parameters.value("clone_skb", 0)));
    if (parameters.value("burst", 1) > 1)
        set(fmt::format("burst {}", parameters.value("burst", 1)));
    if (parameters.value("udp_checksum", false)) set("flag UDPCSUM");
    set("src_min " + path.generator_ip);
    set("src_max " + path.generator_ip);
    set("dst_min " + path.receiver_ip);
    set("dst_max " + path.receiver_ip);
    set("src_mac " + path.generator_mac);
    set("dst_mac " + path.receiver_mac);
    for (const char* key : {"udp_src_min", "udp_src_max"}) set(fmt::format("{} {}", key, source));
    for (const char* key : {"udp_dst_min", "udp_dst_max"}) set(fmt::format("{} {}", key, port));
    for (const char* key : {"queue_map_min", "queue_map_max"})
        set(fmt::format("{} {}", key, queue));
    return device;
}

}  // namespace

/// In a namespace of ours they go with it. In the user's own they stay, and pktgen has no way to
/// take back one device of a thread: so there must be none before, and all are taken back.
void announce_pktgen(Sys& sys, Journal& journal, const Topology& topology, const Json& parameters) {
    if (!topology.paths.front().generator.netns.empty()) return;
    for (size_t cpu = 0; cpu < parameters.value("cpus", size_t{1}); cpu++) {
        const std::string thread = fmt::format("{}kpktgend_{}", kFolder, cpu);
        if (!sys.exists(thread)) continue;
        if (!pktgen_devices(sys.read_file(thread)).empty())
            throw Error(Status::usage,
                        fmt::format("pktgen has devices of somebody else's on CPU {}: {}", cpu,
                                    pktgen_devices(sys.read_file(thread))),
                        fmt::format("echo rem_device_all >/proc/net/pktgen/kpktgend_{}", cpu));
        journal.record({.what = fmt::format("pktgen's devices on CPU {}", cpu),
                        .path = thread,
                        .value = "rem_device_all\n",
                        .done_if_absent = thread,
                        .order = true});
    }
}

std::unique_ptr<Traffic> make_pktgen(Sys& sys, Journal& journal, const Topology& topology,
                                     const Json& parameters, uint64_t seed) {
    require_pktgen(sys, parameters);
    announce_pktgen(sys, journal, topology, parameters);
    const size_t cpus = parameters.value("cpus", 1);
    std::vector<Device> devices;
    for (size_t n = 0; n < std::max(cpus, topology.paths.size()); n++)
        devices.push_back(make_device(sys, topology, parameters, n, cpus, seed));
    auto traffic =
        std::make_unique<Pktgen>(sys, std::move(devices), parameters.value("packet_size", 60));
    traffic->configure(cpus);
    if (traffic->shared()) refuse_generic_xdp(sys, topology);
    return traffic;
}

std::string pktgen_when_done(Sys& sys, const std::function<std::string()>& read) {
    constexpr int kMost = 6000;
    for (int waits = 0;; waits++) {
        const std::string text = read();
        if (!pktgen_is_at_work(text) || waits == kMost) return text;
        throw_if_interrupted();
        sys.sleep_ns(10'000'000);
    }
}

/// pktgen has a thread per CPU in every network namespace, and each looks for work ten times a
/// second. A namespace that is made right after the caller's own thread looked has its look right
/// after that one's, so that while one namespace sends the others' threads sleep.
void await_pktgen(Sys& sys) {
    static std::string schedstat;
    if (!sys.exists("/proc/net/pktgen")) return;
    if (schedstat.empty() || !sys.exists(schedstat)) schedstat = schedstat_of(sys, "kpktgend_0");
    if (schedstat.empty()) return;
    const std::string before = sys.read_file(schedstat);
    for (int i = 0; i < 100 && sys.read_file(schedstat) == before; i++) sys.sleep_ns(2'000'000);
}

void require_pktgen(Sys& sys, const Json&) {
    if (!sys.exists("/proc/net/pktgen"))
        throw Error(Status::usage, "pktgen is not loaded in the running kernel",
                    "use traffic kind live_frames, or --target vm");
}

}  // namespace rxlab
