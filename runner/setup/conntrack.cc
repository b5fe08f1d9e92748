// SPDX-License-Identifier: GPL-2.0
#include "setup/kinds.h"
#include "setup/nft_rule.h"

namespace rxlab {

const char kConntrackSchema[] = R"({"type": "object", "properties": {}})";

/// Connections are tracked where a rule asks for their state; this one drops none of ours.
std::unique_ptr<Applied> apply_conntrack(Sys& sys, Journal& journal, const Topology& topology,
                                         const Json&) {
    constexpr int kFilter = 0;  // NF_IP_PRI_FILTER; connections are tracked at -200
    return drop_by_nft(sys, journal, topology, {"prerouting", kFilter, "ct state invalid"});
}

}  // namespace rxlab
