// SPDX-License-Identifier: GPL-2.0
#include "setup/counters.h"

#include "base/error.h"
#include "sys/netlink_message.h"

#include <endian.h>
#include <linux/gen_stats.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <cstring>

namespace rxlab {
namespace {

/// What a counter expression counted; null for another expression.
nlattr* packets_of(const nlattr* expression) {
    const nlattr* name = attribute(expression, NFTA_EXPR_NAME);
    if (!name || nla_strcmp(name, "counter") != 0) return nullptr;
    nlattr* packets = attribute(attribute(expression, NFTA_EXPR_DATA), NFTA_COUNTER_PACKETS);
    return packets && nla_len(packets) == sizeof(uint64_t) ? packets : nullptr;
}

}  // namespace

std::string nft_rules_request(uint8_t family, const std::string& table, const std::string& chain) {
    const NetlinkMessage message = netlink_request(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETRULE,
                                                   NLM_F_DUMP, nfgenmsg{family, NFNETLINK_V0, 0});
    nla_put_string(message.get(), NFTA_RULE_TABLE, table.c_str());
    nla_put_string(message.get(), NFTA_RULE_CHAIN, chain.c_str());
    return bytes_of(message);
}

uint64_t parse_nft_counters(const std::string& answer) {
    uint64_t packets = 0;
    bool found = false;
    for_each_message(answer, [&](nlmsghdr* message) {
        const nlattr* rules = attribute(message, sizeof(nfgenmsg), NFTA_RULE_EXPRESSIONS);
        for_each_attribute(rules, [&](const nlattr* expression) {
            const nlattr* count = packets_of(expression);
            if (!count) return;
            found = true;
            packets += be64toh(nla_get_u64(count));
        });
    });
    if (!found) throw Error(Status::invalid, "the nftables rule is gone");
    return packets;
}

std::string qdisc_request() {
    return bytes_of(netlink_request(RTM_GETQDISC, NLM_F_DUMP, tcmsg{}));
}

std::optional<uint64_t> ingress_drops_in(const std::string& answer, int interface_index) {
    std::optional<uint64_t> drops;
    for_each_message(answer, [&](nlmsghdr* message) {
        tcmsg qdisc{};
        if (message->nlmsg_type != RTM_NEWQDISC || !nlmsg_valid_hdr(message, sizeof qdisc)) return;
        std::memcpy(&qdisc, nlmsg_data(message), sizeof qdisc);
        if (qdisc.tcm_ifindex != interface_index || qdisc.tcm_parent != TC_H_INGRESS) return;
        gnet_stats_queue queue{};
        if (const nlattr* counted =
                attribute(attribute(message, sizeof qdisc, TCA_STATS2), TCA_STATS_QUEUE))
            nla_memcpy(&queue, counted, sizeof queue);
        drops = queue.drops;
    });
    return drops;
}

uint64_t parse_ingress_drops(const std::string& answer, int interface_index) {
    const auto drops = ingress_drops_in(answer, interface_index);
    if (!drops) throw Error(Status::invalid, "the ingress qdisc is gone");
    return *drops;
}

}  // namespace rxlab
