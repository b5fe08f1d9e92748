// SPDX-License-Identifier: GPL-2.0
// The user's own pair of joined interfaces: two ports and a cable, or a veth pair.
#pragma once
#include "topology/topology.h"

namespace rxlab {

struct UserPair {
    std::string names;   ///< "GEN:DUT"; empty: none
    bool force = false;  ///< also where that takes this machine's own traffic away
};

/// Changes nothing. @throws Error(Status::usage): no such pair, an interface that is down, a
/// loopback, or without `force` one that this machine itself uses: it has an address, the default
/// route, or belongs to a bridge or bond.
Topology user_interfaces(Sys& sys, const UserPair& pair);

}  // namespace rxlab
