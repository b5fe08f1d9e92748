// SPDX-License-Identifier: GPL-2.0
#include "topology/kinds.h"

#include <iterator>

namespace rxlab {

const TopologyKind kTopologies[] = {
    {"veth", "veth pairs between two network namespaces of our own", kVethSchema, make_veth},
    {"none", "no interfaces: for traffic that has its own way, such as ring_stream", kNoneSchema, make_none},
};
const size_t kTopologyCount = std::size(kTopologies);

} // namespace rxlab
