// SPDX-License-Identifier: GPL-2.0
#include "setup/kinds.h"

#include <fmt/format.h>
#include <iterator>

namespace rxlab {
namespace {

std::string describe_bpf_prog(Sys&, Journal&, const Topology&, const Json& parameters) {
    return fmt::format("load the BPF program {}, attached to nothing",
                       parameters.value("program", "?"));
}

std::string describe_udp_socket(Sys&, Journal&, const Topology&, const Json& parameters) {
    return fmt::format("open a UDP socket of port {} whose filter takes nothing",
                       parameters.value("port", 9));
}

std::string describe_observer(Sys&, Journal&, const Topology&, const Json& parameters) {
    return fmt::format("attach the probe {} for the whole trial",
                       parameters.value("collector", "?"));
}

}  // namespace

std::string receiver_names(const Topology& topology) {
    std::string names;
    for (const Path& path : topology.paths)
        names += (names.empty() ? "" : " ") + path.receiver.name;
    return names;
}

// In the order of the packet's way, so that an arm with several kinds is always built the same way.
const SetupKind kSetups[] = {
    {"link", "one more dummy interface beside the receiver's", kLinkSchema, apply_link, nullptr,
     true},
    {"bridge", "the receiver's interface is a port of a bridge", kBridgeSchema, apply_bridge,
     nullptr, true, "bridge module:bridge"},
    {"route", "the receiver sends on what is for another network", kRouteSchema, apply_route,
     nullptr, true},
    {"module", "a kernel module of rxlab's own, with parameters", kModuleSchema, apply_module,
     nullptr, false, nullptr, false, true},
    {"dma_ring",
     "a pair of rings over cyclic DMA (dma_ring.ko), and the engine that moves them (vdma.ko)",
     kDmaRingSchema, apply_dma_ring, nullptr, false, nullptr, false, true},
    {"bpf_prog", "a BPF program loaded and attached to nothing", kBpfProgSchema, apply_bpf_prog,
     describe_bpf_prog, false},
    {"udp_socket", "a UDP socket whose filter turns every datagram away", kUdpSocketSchema,
     apply_udp_socket, describe_udp_socket, true},
    {"conntrack", "every packet's connection is tracked", kConntrackSchema, apply_conntrack,
     nullptr, true, "nft module:nft_ct"},
    {"nft", "nftables drops and counts one UDP port at a hook", kNftSchema, apply_nft, nullptr,
     true, "nft"},
    {"tc", "tc drops and counts one UDP port at ingress", kTcSchema, apply_tc, describe_tc, true,
     "tc"},
    {"port_filter", "the port filter of 'rxlab xdp' on every receiving interface",
     kPortFilterSchema, apply_port_filter, describe_port_filter, true, nullptr, true},
    {"xdp_tools",
     "xdp-filter, or a program of bpf/ loaded by xdp-loader, on every receiving interface",
     kXdpToolsSchema, apply_xdp_tools, describe_xdp_tools, true, "xdp-tools", true},
    {"observer", "a probe that stays attached, so that what is measured pays for it",
     kObserverSchema, apply_observer, describe_observer, false},
    {"xdp", "an XDP program of bpf/ on every receiving interface", kXdpSchema, apply_xdp,
     describe_xdp, true, nullptr, true},
    {"xdp_object",
     "an XDP program of somebody's, from an object file, on every receiving interface",
     kXdpObjectSchema, apply_xdp_object, describe_xdp_object, true, nullptr, true, false,
     Moment::before_knobs, files_of_xdp_object},
    {"reopen",
     "every receiving interface is closed and opened again once the knobs are set, so that its "
     "driver requests its interrupts anew",
     kReopenSchema, apply_reopen, describe_reopen, true, nullptr, false, false,
     Moment::after_knobs},
};
const size_t kSetupCount = std::size(kSetups);

}  // namespace rxlab
