// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "base/fd.h"
#include "setup/kinds.h"
#include "sys/bpf.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <cerrno>
#include <cstring>
#include <numeric>

namespace rxlab {

const char kUdpSocketSchema[] = R"({
  "type": "object",
  "properties": {
    "port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 9},
    "gro": {"type": "boolean", "default": false,
        "description": "UDP_GRO: it takes whole what was merged"}
  }
})";

namespace {

class UdpSocket : public Applied {
public:
    UdpSocket(int port, bool gro)
        : filter_(load_bpf("socket_deaf")), fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        const int program = filter_.program(), on = gro;
        // The filter first: nothing is queued.
        if (!fd_ || ::setsockopt(fd_.get(), SOL_SOCKET, SO_ATTACH_BPF, &program, sizeof(program)) ||
            (gro && ::setsockopt(fd_.get(), IPPROTO_UDP, UDP_GRO, &on, sizeof(on))) ||
            ::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)))
            throw Error(Status::invalid,
                        fmt::format("UDP socket of port {}: {}", port, std::strerror(errno)));
        sinks.push_back({"udp.merged_beyond", [this] {
                             const auto counts =
                                 BpfMap(filter_.map("merged_beyond")).values<uint64_t>(0);
                             return std::accumulate(counts.begin(), counts.end(), uint64_t{});
                         }});
    }

private:
    BpfObject filter_;
    Fd fd_;
};

}  // namespace

/// Each packet that its filter turns away is one in udp.in_errors; of a merged one the datagrams
/// beyond the first are its own sink's.
std::unique_ptr<Applied> apply_udp_socket(Sys& sys, Journal&, const Topology& topology,
                                          const Json& parameters) {
    std::unique_ptr<Applied> socket;
    sys.in_netns(topology.paths.front().receiver.netns, [&] {
        socket = std::make_unique<UdpSocket>(parameters.value("port", 9),
                                             parameters.value("gro", false));
    });
    return socket;
}

}  // namespace rxlab
