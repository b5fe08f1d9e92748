// SPDX-License-Identifier: GPL-2.0
// Every kind's schema and apply(), one file per kind; table.cc puts them in order.
#pragma once
#include "setup/setup.h"

namespace rxlab {

extern const char kLinkSchema[], kModuleSchema[], kBpfProgSchema[], kNftSchema[], kTcSchema[],
    kXdpSchema[], kDmaRingSchema[], kUdpSocketSchema[], kPortFilterSchema[], kXdpToolsSchema[],
    kObserverSchema[], kBridgeSchema[], kRouteSchema[], kConntrackSchema[], kReopenSchema[],
    kXdpObjectSchema[];

std::unique_ptr<Applied> apply_link(Sys& sys, Journal& journal, const Topology& topology,
                                    const Json& parameters);
std::unique_ptr<Applied> apply_bridge(Sys& sys, Journal& journal, const Topology& topology,
                                      const Json& parameters);
std::unique_ptr<Applied> apply_route(Sys& sys, Journal& journal, const Topology& topology,
                                     const Json& parameters);
std::unique_ptr<Applied> apply_module(Sys& sys, Journal& journal, const Topology& topology,
                                      const Json& parameters);
std::unique_ptr<Applied> apply_dma_ring(Sys& sys, Journal& journal, const Topology& topology,
                                        const Json& parameters);
std::unique_ptr<Applied> apply_bpf_prog(Sys& sys, Journal& journal, const Topology& topology,
                                        const Json& parameters);
std::unique_ptr<Applied> apply_nft(Sys& sys, Journal& journal, const Topology& topology,
                                   const Json& parameters);
std::unique_ptr<Applied> apply_conntrack(Sys& sys, Journal& journal, const Topology& topology,
                                         const Json& parameters);
std::unique_ptr<Applied> apply_tc(Sys& sys, Journal& journal, const Topology& topology,
                                  const Json& parameters);
std::unique_ptr<Applied> apply_udp_socket(Sys& sys, Journal& journal, const Topology& topology,
                                          const Json& parameters);
std::unique_ptr<Applied> apply_port_filter(Sys& sys, Journal& journal, const Topology& topology,
                                           const Json& parameters);
std::unique_ptr<Applied> apply_xdp_tools(Sys& sys, Journal& journal, const Topology& topology,
                                         const Json& parameters);
std::unique_ptr<Applied> apply_xdp(Sys& sys, Journal& journal, const Topology& topology,
                                   const Json& parameters);
std::unique_ptr<Applied> apply_xdp_object(Sys& sys, Journal& journal, const Topology& topology,
                                          const Json& parameters);
std::unique_ptr<Applied> apply_observer(Sys& sys, Journal& journal, const Topology& topology,
                                        const Json& parameters);
std::unique_ptr<Applied> apply_reopen(Sys& sys, Journal& journal, const Topology& topology,
                                      const Json& parameters);

std::string describe_reopen(Sys& sys, Journal& journal, const Topology& topology,
                            const Json& parameters);
std::string describe_tc(Sys& sys, Journal& journal, const Topology& topology,
                        const Json& parameters);
std::string describe_port_filter(Sys& sys, Journal& journal, const Topology& topology,
                                 const Json& parameters);
std::string describe_xdp_tools(Sys& sys, Journal& journal, const Topology& topology,
                               const Json& parameters);
std::string describe_xdp(Sys& sys, Journal& journal, const Topology& topology,
                         const Json& parameters);

std::string describe_xdp_object(Sys& sys, Journal& journal, const Topology& topology,
                                const Json& parameters);

/// What it has in a guest.
std::vector<GuestFile> files_of_xdp_object(const Json& parameters);

/// "rxdut0 rxdut1", for people.
std::string receiver_names(const Topology& topology);

}  // namespace rxlab
