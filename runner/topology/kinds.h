// SPDX-License-Identifier: GPL-2.0
#pragma once
#include "topology/topology.h"

namespace rxlab {

extern const char kVethSchema[], kRxnicSchema[], kDummySchema[], kNoneSchema[], kNicSchema[];
Topology make_veth(Sys& sys, Journal& journal, const Json& parameters);
Topology make_rxnic(Sys& sys, Journal& journal, const Json& parameters);
Topology make_nic(Sys& sys, Journal& journal, const Json& parameters);
Topology make_dummy(Sys& sys, Journal& journal, const Json& parameters);
Topology make_none(Sys& sys, Journal& journal, const Json& parameters);

MachineNeeds nic_needs(const Json& parameters);
MachineNeeds rxnic_needs(const Json& parameters);

}  // namespace rxlab
