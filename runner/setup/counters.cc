// SPDX-License-Identifier: GPL-2.0
#include "setup/counters.h"

#include "base/error.h"

#include <endian.h>
#include <linux/gen_stats.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>

namespace rxlab {
namespace {

using Message = std::unique_ptr<nl_msg, decltype(&nlmsg_free)>;

Message dump_request(int type) {
    Message message(nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_DUMP), nlmsg_free);
    nlmsg_hdr(message.get())->nlmsg_seq = 1;
    return message;
}

std::string bytes_of(const Message& message) {
    const nlmsghdr* header = nlmsg_hdr(message.get());
    return {reinterpret_cast<const char*>(header), header->nlmsg_len};
}

void for_each_message(const std::string& answer,
                      const std::function<void(nlmsghdr* message)>& visit) {
    std::string copy = answer;  // libnl's functions want it writable, and aligned
    int left = static_cast<int>(copy.size());
    for (auto* message = reinterpret_cast<nlmsghdr*>(copy.data()); nlmsg_ok(message, left);
         message = nlmsg_next(message, &left))
        visit(message);
}

/// The attribute of that type behind the message's own header of `size` bytes, or within another;
/// null when there is none.
nlattr* attribute(const nlmsghdr* message, size_t size, int type) {
    const int own = static_cast<int>(size);
    if (!nlmsg_valid_hdr(message, own)) return nullptr;
    return nla_find(nlmsg_attrdata(message, own), nlmsg_attrlen(message, own), type);
}
nlattr* attribute(const nlattr* within, int type) {
    return within ? nla_find(static_cast<nlattr*>(nla_data(within)), nla_len(within), type)
                  : nullptr;
}

/// What a counter expression counted; null for another expression.
nlattr* packets_of(const nlattr* expression) {
    const nlattr* name = attribute(expression, NFTA_EXPR_NAME);
    if (!name || nla_strcmp(name, "counter") != 0) return nullptr;
    nlattr* packets = attribute(attribute(expression, NFTA_EXPR_DATA), NFTA_COUNTER_PACKETS);
    return packets && nla_len(packets) == sizeof(uint64_t) ? packets : nullptr;
}

}  // namespace

std::string nft_rules_request(uint8_t family, const std::string& table, const std::string& chain) {
    const Message message = dump_request(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETRULE);
    nfgenmsg own{family, NFNETLINK_V0, 0};
    nlmsg_append(message.get(), &own, sizeof own, NLMSG_ALIGNTO);
    nla_put_string(message.get(), NFTA_RULE_TABLE, table.c_str());
    nla_put_string(message.get(), NFTA_RULE_CHAIN, chain.c_str());
    return bytes_of(message);
}

uint64_t parse_nft_counters(const std::string& answer) {
    uint64_t packets = 0;
    bool found = false;
    for_each_message(answer, [&](nlmsghdr* message) {
        const nlattr* rules = attribute(message, sizeof(nfgenmsg), NFTA_RULE_EXPRESSIONS);
        nlattr* expression = nullptr;
        int left = 0;
        if (rules) nla_for_each_nested(expression, rules, left) {
                const nlattr* count = packets_of(expression);
                if (!count) continue;
                found = true;
                packets += be64toh(nla_get_u64(count));
            }
    });
    if (!found) throw Error(Status::invalid, "the nftables rule is gone");
    return packets;
}

std::string qdisc_request() {
    const Message message = dump_request(RTM_GETQDISC);
    tcmsg own{};
    nlmsg_append(message.get(), &own, sizeof own, NLMSG_ALIGNTO);
    return bytes_of(message);
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
