// SPDX-License-Identifier: GPL-2.0
// Drops that nftables and tc count, read over netlink: starting nft or tc would cost more than the
// packets measured.
#pragma once
#include "sys/sys.h"

namespace rxlab {

/// Request for the rules of one chain and, in its answer, the packets of all their counters:
/// NFT_MSG_GETRULE (linux/netfilter/nf_tables.h). A named counter would need the module nft_objref
/// in kernels before 6.2.
std::string nft_rules_request(uint8_t family, const std::string& table, const std::string& chain);
/// @throws Error(Status::invalid) when no rule has a counter.
uint64_t parse_nft_counters(const std::string& answer);

/// Request for all qdiscs and, in its answer, the drops of the interface's ingress or clsact one
/// (linux/rtnetlink.h).
std::string qdisc_request();
/// Nothing when the interface has no such qdisc.
std::optional<uint64_t> ingress_drops_in(const std::string& answer, int interface_index);
/// @throws Error(Status::invalid) when the interface has no such qdisc.
uint64_t parse_ingress_drops(const std::string& answer, int interface_index);

}  // namespace rxlab
