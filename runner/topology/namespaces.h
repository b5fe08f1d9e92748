// SPDX-License-Identifier: GPL-2.0
// The two network namespaces in which our own topologies lie, and the addresses there.
#pragma once
#include "topology/topology.h"

namespace rxlab {

inline constexpr const char* kGenerator = "rxlab-gen";
inline constexpr const char* kReceiver = "rxlab-dut";

/// Path `n` between these interfaces, with addresses 10.99.n.1 and 10.99.n.2 and fixed MACs.
Path make_path(int n, const std::string& generator, const std::string& receiver);

/// Makes both. @throws Error(Status::usage) where one exists: it is never taken over.
void make_namespaces(Sys& sys, Journal& journal);

/// Lines for 'ip -batch': both ends of a path, which are where the caller is, move to their
/// namespaces and get their MACs.
std::string moved_ends(const Path& path);

enum class Arp { off, as_it_is };  ///< of an interface

/// Lines for 'ip -batch': the end of a path is up and knows the other.
std::string generator_address(const Path& path, Arp arp = Arp::off);
std::string receiver_address(const Path& path, Arp arp = Arp::off);
/// Likewise: the receiver is closed and opened again, and knows the other end as before.
std::string reopened_receiver(const Path& path);

/// How knobs name what is of this interface: "@dut:eth1/" and the rest.
std::string knob_object(const Interface& end, const std::string& rest);

/// Waits until both ends have a link. @throws Error(Status::invalid) where one has none in time;
/// `next`: what to look at then.
void await_links(Sys& sys, const Path& path, const std::string& next);
/// Likewise, and until it is to stay: `settle_ns` as in Topology.
void await_settled(Sys& sys, const Path& path, uint64_t settle_ns, const std::string& next);

}  // namespace rxlab
