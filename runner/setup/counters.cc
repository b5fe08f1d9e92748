// SPDX-License-Identifier: GPL-2.0
#include "setup/counters.h"

#include "base/error.h"

#include <endian.h>
#include <linux/gen_stats.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <algorithm>
#include <cstring>
#include <functional>
#include <string_view>

namespace rxlab {
namespace {

using Bytes = std::string_view;

template <typename T>
void append(std::string& out, const T& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
T take(Bytes bytes) {
    T value{};
    if (bytes.size() >= sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

void append_attribute(std::string& out, uint16_t type, Bytes payload) {
    append(out, nlattr{static_cast<uint16_t>(NLA_HDRLEN + payload.size()), type});
    out.append(payload);
    out.resize(NLMSG_ALIGN(out.size()));
}

/// Fills in the length of a message whose header was appended first.
std::string finished(std::string message) {
    nlmsghdr header = take<nlmsghdr>(message);
    header.nlmsg_len = static_cast<uint32_t>(message.size());
    std::memcpy(message.data(), &header, sizeof header);
    return message;
}

void for_each_attribute(Bytes bytes,
                        const std::function<void(uint16_t type, Bytes payload)>& visit) {
    while (bytes.size() >= NLA_HDRLEN) {
        const auto header = take<nlattr>(bytes);
        if (header.nla_len < NLA_HDRLEN || header.nla_len > bytes.size()) break;
        visit(header.nla_type & NLA_TYPE_MASK,
              bytes.substr(NLA_HDRLEN, header.nla_len - NLA_HDRLEN));
        bytes.remove_prefix(std::min<size_t>(NLA_ALIGN(header.nla_len), bytes.size()));
    }
}

/// The payload of the attribute of that type, empty when there is none.
Bytes attribute(Bytes bytes, uint16_t type) {
    Bytes found;
    for_each_attribute(bytes, [&](uint16_t which, Bytes payload) {
        if (which == type) found = payload;
    });
    return found;
}

void for_each_message(Bytes bytes,
                      const std::function<void(const nlmsghdr&, Bytes payload)>& visit) {
    while (bytes.size() >= NLMSG_HDRLEN) {
        const auto header = take<nlmsghdr>(bytes);
        if (header.nlmsg_len < NLMSG_HDRLEN || header.nlmsg_len > bytes.size()) break;
        visit(header, bytes.substr(NLMSG_HDRLEN, header.nlmsg_len - NLMSG_HDRLEN));
        bytes.remove_prefix(std::min<size_t>(NLMSG_ALIGN(header.nlmsg_len), bytes.size()));
    }
}

Bytes after(Bytes payload, size_t header) {
    return payload.substr(std::min(header, payload.size()));
}

}  // namespace

std::string nft_rules_request(uint8_t family, const std::string& table, const std::string& chain) {
    std::string message;
    append(message, nlmsghdr{0, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETRULE,
                             NLM_F_REQUEST | NLM_F_DUMP, 1, 0});
    append(message, nfgenmsg{family, NFNETLINK_V0, 0});
    append_attribute(message, NFTA_RULE_TABLE, Bytes(table.c_str(), table.size() + 1));
    append_attribute(message, NFTA_RULE_CHAIN, Bytes(chain.c_str(), chain.size() + 1));
    return finished(std::move(message));
}

uint64_t parse_nft_counters(const std::string& answer) {
    uint64_t packets = 0;
    bool found = false;
    for_each_message(answer, [&](const nlmsghdr&, Bytes payload) {
        for_each_attribute(attribute(after(payload, sizeof(nfgenmsg)), NFTA_RULE_EXPRESSIONS),
                           [&](uint16_t, Bytes expression) {
                               if (attribute(expression, NFTA_EXPR_NAME) != Bytes("counter\0", 8))
                                   return;
                               const Bytes count = attribute(attribute(expression, NFTA_EXPR_DATA),
                                                             NFTA_COUNTER_PACKETS);
                               found |= count.size() == sizeof(uint64_t);
                               packets += be64toh(take<uint64_t>(count));
                           });
    });
    if (!found) throw Error(Status::invalid, "the nftables rule is gone");
    return packets;
}

std::string qdisc_request() {
    std::string message;
    append(message, nlmsghdr{0, RTM_GETQDISC, NLM_F_REQUEST | NLM_F_DUMP, 1, 0});
    append(message, tcmsg{});
    return finished(std::move(message));
}

uint64_t parse_ingress_drops(const std::string& answer, int interface_index) {
    Bytes queue;
    for_each_message(answer, [&](const nlmsghdr& header, Bytes payload) {
        const auto qdisc = take<tcmsg>(payload);
        if (header.nlmsg_type != RTM_NEWQDISC || qdisc.tcm_ifindex != interface_index ||
            qdisc.tcm_parent != TC_H_INGRESS)
            return;
        queue = attribute(attribute(after(payload, NLMSG_ALIGN(sizeof qdisc)), TCA_STATS2),
                          TCA_STATS_QUEUE);
    });
    if (queue.empty()) throw Error(Status::invalid, "the ingress qdisc is gone");
    return take<gnet_stats_queue>(queue).drops;
}

}  // namespace rxlab
