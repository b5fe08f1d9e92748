// SPDX-License-Identifier: GPL-2.0
// Drops that nftables and tc count, read over netlink: starting nft or tc would cost more than the packets measured.
#pragma once
#include "sys/sys.h"

namespace rxlab {

/// Request and answer for a named counter: NFT_MSG_GETOBJ (linux/netfilter/nf_tables.h).
std::string nft_counter_request(uint8_t family, const std::string& table, const std::string& counter);
/// Packets. @throws Error(Status::invalid) when the answer has no such counter.
uint64_t parse_nft_counter(const std::string& answer);

/// Request for all qdiscs and, in its answer, the drops of the interface's ingress or clsact one (linux/rtnetlink.h).
std::string qdisc_request();
/// @throws Error(Status::invalid) when the interface has no such qdisc.
uint64_t parse_ingress_drops(const std::string& answer, int interface_index);

} // namespace rxlab
