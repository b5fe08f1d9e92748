// SPDX-License-Identifier: GPL-2.0
// Every kind's functions, one file per kind, and what they share.
#pragma once
#include "traffic/traffic.h"

#include <functional>

namespace rxlab {

extern const char kPktgenSchema[], kLiveFramesSchema[], kRingStreamSchema[], kOpenLoopSchema[],
    kTestRunSchema[], kGbenchSchema[], kSocketsSchema[], kProgramSchema[];

std::unique_ptr<Traffic> make_pktgen(Sys& sys, Journal& journal, const Topology& topology,
                                     const Json& parameters, uint64_t seed);
void require_pktgen(Sys& sys, const Json& parameters);
void await_pktgen(Sys& sys);
/// What a device of pktgen's says once it has an outcome, asked for at most a minute. "start" comes
/// back when no thread runs, which on a busy machine may be before one has begun: it gives them
/// 125 ms (pktgen_run_all_threads); until then the device has its last answer, that to "count",
/// and while it sends "Starting".
std::string pktgen_when_done(Sys& sys, const std::function<std::string()>& read);
void announce_pktgen(Sys& sys, Journal& journal, const Topology& topology, const Json& parameters);
std::unique_ptr<Traffic> make_live_frames(Sys& sys, Journal& journal, const Topology& topology,
                                          const Json& parameters, uint64_t seed);
void announce_live_frames(Sys& sys, Journal& journal, const Topology& topology,
                          const Json& parameters);
void require_root(Sys& sys, const Json& parameters);
std::unique_ptr<Traffic> make_open_loop(Sys& sys, Journal& journal, const Topology& topology,
                                        const Json& parameters, uint64_t seed);
std::unique_ptr<Traffic> make_test_run(Sys& sys, Journal& journal, const Topology& topology,
                                       const Json& parameters, uint64_t seed);
std::unique_ptr<Traffic> make_ring_stream(Sys& sys, Journal& journal, const Topology& topology,
                                          const Json& parameters, uint64_t seed);
std::unique_ptr<Traffic> make_sockets(Sys& sys, Journal& journal, const Topology& topology,
                                      const Json& parameters, uint64_t seed);
std::unique_ptr<Traffic> make_gbench(Sys& sys, Journal& journal, const Topology& topology,
                                     const Json& parameters, uint64_t seed);
void require_gbench(Sys& sys, const Json& parameters);
std::string describe_gbench(const Json& parameters);
std::unique_ptr<Traffic> make_program(Sys& sys, Journal& journal, const Topology& topology,
                                      const Json& parameters, uint64_t seed);
void require_program(Sys& sys, const Json& parameters);
std::vector<GuestFile> files_of_program(const Json& parameters);

/// The path with "dst_mac" and "dst_ip" in place of the receiver's addresses, where they are given.
Path addressed(const Path& path, const Json& parameters);

/// `packets` in `parts` near-equal parts. @throws Error(Status::usage) when there is not one for
/// each.
std::vector<uint64_t> split(uint64_t packets, size_t parts);

/// Path `n`'s UDP source port, from the trial's seed: the flow's hash is part of a round's
/// perturbation.
uint16_t source_port(uint64_t seed, size_t n);

}  // namespace rxlab
