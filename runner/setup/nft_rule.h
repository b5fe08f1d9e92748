// SPDX-License-Identifier: GPL-2.0
// A rule of nftables that drops and counts.
#pragma once
#include "setup/setup.h"

#include <optional>
#include <string>

namespace rxlab {

struct NftRule {
    std::string hook;             ///< "ingress", "prerouting", "input"
    std::optional<int> priority;  ///< as is usual there
    std::string match;            ///< "udp dport 9"
};

/// In a table of this run's own in the receiver's namespace, recorded before; what it drops is its
/// sink.
std::unique_ptr<Applied> drop_by_nft(Sys& sys, Journal& journal, const Topology& topology,
                                     const NftRule& rule);

}  // namespace rxlab
