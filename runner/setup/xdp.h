// SPDX-License-Identifier: GPL-2.0
// What setups with an XDP program share.
#pragma once
#include "setup/setup.h"
#include "sys/bpf.h"

#include <functional>

namespace rxlab {

/// @throws Error(Status::invalid): the interface has an XDP program.
void require_no_xdp(Sys& sys, const Interface& receiver);

/// Attaches a program, in the parameters' "mode", to every receiving interface; its verdicts but
/// PASS are sinks.
/// @param make is called once for each, so that each has counters of its own.
std::unique_ptr<Applied> attach_everywhere(Sys& sys, Journal& journal, const Topology& topology,
                                           const Json& parameters,
                                           const std::function<BpfObject()>& make);
/// The journal's entries of attach_everywhere(), for a plan.
void record_everywhere(Journal& journal, const Topology& topology, const std::string& name,
                       const Json& parameters);

}  // namespace rxlab
