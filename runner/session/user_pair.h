// SPDX-License-Identifier: GPL-2.0
// The user's own pair of joined interfaces: two ports and a cable, or a veth pair.
#pragma once
#include "journal/journal.h"
#include "topology/topology.h"

namespace rxlab {

struct UserPair {
    std::string names;   ///< "GEN:DUT"; empty: none
    bool force = false;  ///< where they are, also where that takes this machine's own traffic away
};

struct PairNames {
    std::string generator, receiver;
};
/// @throws Error(Status::usage): no "GEN:DUT"
PairNames names_in(const std::string& pair);

/// Each end is in a namespace of its own then (moved_pair.h); taken by `force` it stays where it
/// is.
/// @throws Error(Status::usage): no such pair, an interface
/// that is down, a loopback, or without `force` one that this machine itself uses: it has an
/// address, a route, a permanent neighbour or a qdisc, belongs to a bridge or bond, or carries a
/// VLAN or another interface.
Topology user_interfaces(Sys& sys, Journal& journal, const UserPair& pair);

}  // namespace rxlab
