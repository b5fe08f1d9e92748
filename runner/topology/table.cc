// SPDX-License-Identifier: GPL-2.0
#include "topology/kinds.h"

#include <iterator>

namespace rxlab {

const TopologyKind kTopologies[] = {
    {"veth", "veth pairs between two network namespaces of our own", kVethSchema, make_veth},
    {"rxnic", "the two devices of rxnic.ko: DMA rings, a wire, an interrupt, a handler",
     kRxnicSchema, make_rxnic, rxnic_needs},
    {"nic", "two NICs that QEMU has, back to back, with the kernel's own drivers", kNicSchema,
     make_nic, nic_needs},
    {"dummy", "a device that frees what it is given: what the generator costs alone", kDummySchema,
     make_dummy},
    {"none", "no interfaces: for traffic that has its own way, such as ring_stream", kNoneSchema,
     make_none},
};
const size_t kTopologyCount = std::size(kTopologies);

}  // namespace rxlab
