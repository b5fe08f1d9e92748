// SPDX-License-Identifier: GPL-2.0
// An interface that a setup makes beside the receiver's.
#pragma once
#include "topology/topology.h"

#include <string>

namespace rxlab {

/// Makes interface `name` of `type`, a word or several of ip-link(8)'s, up, in the receiver's
/// namespace; recorded before. @throws Error(Status::usage) where somebody has the name already.
void add_link(Sys& sys, Journal& journal, const Topology& topology, const std::string& name,
              const std::string& type);

/// A second way out of the receiver's: a dummy, which frees what it is given to send and counts it
/// in the sink.
Sink add_way_out(Sys& sys, Journal& journal, const Topology& topology, const std::string& sink);
inline constexpr const char* kWayOut = "rxout0";

}  // namespace rxlab
