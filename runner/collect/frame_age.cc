// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "base/fd.h"
#include "collect/collector.h"
#include "collect/histogram.h"
#include "sys/bpf.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <time.h>
#include <cerrno>
#include <cstring>

namespace rxlab {
namespace {

time_t seconds_of(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return now.tv_sec;
}

const BpfObject& frame_age_object() {
    static const BpfObject loaded = load_bpf(
        "frame_age", {{"tai_ahead_s", seconds_of(CLOCK_TAI) - seconds_of(CLOCK_REALTIME)}});
    return loaded;
}

/// A packet socket on this interface, in the caller's namespace, with that filter.
Fd watch(const std::string& interface, int program) {
    Fd fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));  // of no protocol: it gets nothing yet
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_IP);
    address.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
    if (!fd || ::setsockopt(fd.get(), SOL_SOCKET, SO_ATTACH_BPF, &program, sizeof(program)) ||
        ::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)))
        throw Error(Status::invalid,
                    fmt::format("packet socket on {}: {}", interface, std::strerror(errno)));
    return fd;
}

class FrameAge : public Collector {
public:
    FrameAge(Sys& sys, const Interfaces& receivers) : ages_(frame_age_object().map("ages")) {
        for (const Interface& receiver : receivers)
            sys.in_netns(receiver.netns, [&] {
                sockets_.push_back(watch(receiver.name, frame_age_object().program()));
            });
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
