// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "base/fd.h"
#include "collect/collector.h"
#include "collect/histogram.h"
#include "sys/bpf.h"
#include "sys/device.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <cerrno>
#include <cstring>

namespace rxlab {
namespace {

/// Seconds from CLOCK_REALTIME to CLOCK_TAI. Two readings of the clocks could lie in two seconds.
int tai_ahead() {
    timex clock{};
    if (::adjtimex(&clock) < 0)
        throw Error(Status::invalid, fmt::format("adjtimex: {}", std::strerror(errno)));
    return clock.tai;
}

const BpfObject& frame_age_object() {
    static const BpfObject loaded = load_bpf("frame_age", {{"tai_ahead_s", tai_ahead()}});
    return loaded;
}

/// A packet socket on this device, of the caller's namespace, with that filter.
Fd watch(const NetDevice& device, int program) {
    Fd fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));  // of no protocol: it gets nothing yet
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_IP);
    address.sll_ifindex = static_cast<int>(device.index);  // 0 would be all of the namespace
    if (!fd || ::setsockopt(fd.get(), SOL_SOCKET, SO_ATTACH_BPF, &program, sizeof(program)) ||
        ::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)))
        throw Error(Status::invalid,
                    fmt::format("packet socket on {}: {}", device.name, std::strerror(errno)));
    return fd;
}

class FrameAge : public Collector {
public:
    FrameAge(Sys& sys, const Interfaces& receivers) : ages_(frame_age_object().map("ages")) {
        for (const Interface& receiver : receivers) {
            const NetDevice device = device_of(sys, receiver.netns, receiver.name);
            sys.in_netns(receiver.netns,
                         [&] { sockets_.push_back(watch(device, frame_age_object().program())); });
        }
    }
    void start() override { ages_.clear(); }
    void stop() override { cpus_ = ages_.values<::histogram>(0); }
    void report(const Window& window, Values& values, Json& curves) override {
        Histogram all;
        for (const ::histogram& cpu : cpus_) all.add(cpu);
        report_latency("frame_age", all, window.clock, values);
        if (all.total()) curves["frame_age"] = histogram_curve("frame_age", all, window.clock);
    }

private:
    BpfMap ages_;
    std::vector<Fd> sockets_;
    std::vector<::histogram> cpus_;  ///< at the window's end
};

}  // namespace

std::unique_ptr<Collector> make_frame_age(Sys& sys, const Interfaces& receivers) {
    return std::make_unique<FrameAge>(sys, receivers);
}
void prepare_frame_age(Sys&) {
    frame_age_object();
}

}  // namespace rxlab
