// SPDX-License-Identifier: GPL-2.0
#include "knobs/ethtool_netlink.h"

#include "sys/netlink_message.h"

#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <iterator>
#include <set>

namespace rxlab {
namespace {

const EthtoolSetting kRing[] = {
    {"rx", ETHTOOL_A_RINGS_RX, false, ETHTOOL_A_RINGS_RX_MAX},
    {"rx-mini", ETHTOOL_A_RINGS_RX_MINI, false, ETHTOOL_A_RINGS_RX_MINI_MAX},
    {"rx-jumbo", ETHTOOL_A_RINGS_RX_JUMBO, false, ETHTOOL_A_RINGS_RX_JUMBO_MAX},
    {"tx", ETHTOOL_A_RINGS_TX, false, ETHTOOL_A_RINGS_TX_MAX},
    {"rx-buf-len", ETHTOOL_A_RINGS_RX_BUF_LEN},
    {"cqe-size", ETHTOOL_A_RINGS_CQE_SIZE},
    {"tx-push", ETHTOOL_A_RINGS_TX_PUSH, true},
};

const EthtoolSetting kCoalesce[] = {
    {"adaptive-rx", ETHTOOL_A_COALESCE_USE_ADAPTIVE_RX, true},
    {"adaptive-tx", ETHTOOL_A_COALESCE_USE_ADAPTIVE_TX, true},
    {"rx-usecs", ETHTOOL_A_COALESCE_RX_USECS},
    {"rx-frames", ETHTOOL_A_COALESCE_RX_MAX_FRAMES},
    {"rx-usecs-irq", ETHTOOL_A_COALESCE_RX_USECS_IRQ},
    {"rx-frames-irq", ETHTOOL_A_COALESCE_RX_MAX_FRAMES_IRQ},
    {"tx-usecs", ETHTOOL_A_COALESCE_TX_USECS},
    {"tx-frames", ETHTOOL_A_COALESCE_TX_MAX_FRAMES},
    {"tx-usecs-irq", ETHTOOL_A_COALESCE_TX_USECS_IRQ},
    {"tx-frames-irq", ETHTOOL_A_COALESCE_TX_MAX_FRAMES_IRQ},
    {"stats-block-usecs", ETHTOOL_A_COALESCE_STATS_BLOCK_USECS},
    {"pkt-rate-low", ETHTOOL_A_COALESCE_PKT_RATE_LOW},
    {"rx-usecs-low", ETHTOOL_A_COALESCE_RX_USECS_LOW},
    {"rx-frames-low", ETHTOOL_A_COALESCE_RX_MAX_FRAMES_LOW},
    {"tx-usecs-low", ETHTOOL_A_COALESCE_TX_USECS_LOW},
    {"tx-frames-low", ETHTOOL_A_COALESCE_TX_MAX_FRAMES_LOW},
    {"pkt-rate-high", ETHTOOL_A_COALESCE_PKT_RATE_HIGH},
    {"rx-usecs-high", ETHTOOL_A_COALESCE_RX_USECS_HIGH},
    {"rx-frames-high", ETHTOOL_A_COALESCE_RX_MAX_FRAMES_HIGH},
    {"tx-usecs-high", ETHTOOL_A_COALESCE_TX_USECS_HIGH},
    {"tx-frames-high", ETHTOOL_A_COALESCE_TX_MAX_FRAMES_HIGH},
    {"sample-interval", ETHTOOL_A_COALESCE_RATE_SAMPLE_INTERVAL},
    {"cqe-mode-rx", ETHTOOL_A_COALESCE_USE_CQE_MODE_RX, true},
    {"cqe-mode-tx", ETHTOOL_A_COALESCE_USE_CQE_MODE_TX, true},
};

const EthtoolSetting kChannel[] = {
    {"rx", ETHTOOL_A_CHANNELS_RX_COUNT, false, ETHTOOL_A_CHANNELS_RX_MAX},
    {"tx", ETHTOOL_A_CHANNELS_TX_COUNT, false, ETHTOOL_A_CHANNELS_TX_MAX},
    {"other", ETHTOOL_A_CHANNELS_OTHER_COUNT, false, ETHTOOL_A_CHANNELS_OTHER_MAX},
    {"combined", ETHTOOL_A_CHANNELS_COMBINED_COUNT, false, ETHTOOL_A_CHANNELS_COMBINED_MAX},
};

/// The first attribute of every message of this family.
constexpr int kHeader = 1;

NetlinkMessage request_for(uint16_t family, uint8_t command, int flags,
                           const std::string& interface, uint32_t header_flags) {
    NetlinkMessage message =
        netlink_request(family, flags, genlmsghdr{.cmd = command, .version = ETHTOOL_GENL_VERSION});
    nlattr* header = nla_nest_start(message.get(), kHeader | NLA_F_NESTED);
    nla_put_string(message.get(), ETHTOOL_A_HEADER_DEV_NAME, interface.c_str());
    if (header_flags) nla_put_u32(message.get(), ETHTOOL_A_HEADER_FLAGS, header_flags);
    nla_nest_end(message.get(), header);
    return message;
}

std::optional<uint32_t> number_of(const nlattr* found) {
    if (!found) return std::nullopt;
    if (nla_len(found) == sizeof(uint32_t)) return nla_get_u32(found);
    if (nla_len(found) == sizeof(uint8_t)) return nla_get_u8(found);
    return std::nullopt;
}

std::string text_of(uint32_t number, bool is_flag) {
    return is_flag ? number ? "on" : "off" : std::to_string(number);
}

std::optional<EthtoolState> state_of(const nlmsghdr* message, const EthtoolSetting& setting) {
    const auto value = number_of(attribute(message, sizeof(genlmsghdr), setting.attribute));
    if (!value) return std::nullopt;
    EthtoolState state{text_of(*value, setting.is_flag), {}, false};
    if (setting.maximum)
        state.most = number_of(attribute(message, sizeof(genlmsghdr), setting.maximum));
    return state;
}

std::string name_of(const nlattr* bit) {
    const nlattr* name = attribute(bit, ETHTOOL_A_BITSET_BIT_NAME);
    if (!name) return "";
    const char* text = static_cast<const char*>(nla_data(name));
    return {text, strnlen(text, static_cast<size_t>(nla_len(name)))};
}

struct Bits {
    std::set<std::string> listed, set;
};

/// A set that comes without a mask lists those that are set, and gives them no value.
Bits bits_of(const nlmsghdr* message, int type) {
    Bits bits;
    const nlattr* all = attribute(message, sizeof(genlmsghdr), type);
    const bool no_mask = attribute(all, ETHTOOL_A_BITSET_NOMASK) != nullptr;
    for_each_attribute(attribute(all, ETHTOOL_A_BITSET_BITS), [&](const nlattr* bit) {
        const std::string name = name_of(bit);
        if (name.empty()) return;
        bits.listed.insert(name);
        if (no_mask || attribute(bit, ETHTOOL_A_BITSET_BIT_VALUE)) bits.set.insert(name);
    });
    return bits;
}

}  // namespace

const EthtoolGroup kEthtoolGroups[] = {
    {"coalesce", "-C", ETHTOOL_MSG_COALESCE_GET, ETHTOOL_MSG_COALESCE_SET, kCoalesce,
     std::size(kCoalesce)},
    {"ring", "-G", ETHTOOL_MSG_RINGS_GET, ETHTOOL_MSG_RINGS_SET, kRing, std::size(kRing)},
    {"channel", "-L", ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_MSG_CHANNELS_SET, kChannel,
     std::size(kChannel)},
};
const size_t kEthtoolGroupCount = std::size(kEthtoolGroups);

std::string ethtool_request(uint16_t family, const EthtoolGroup& group,
                            const std::string& interface) {
    return bytes_of(request_for(family, group.get, 0, interface, 0));
}

EthtoolStates parse_ethtool(const std::string& answer, const EthtoolGroup& group) {
    EthtoolStates states;
    for_each_message(answer, [&](const nlmsghdr* message) {
        for (size_t i = 0; i < group.count; i++)
            if (auto state = state_of(message, group.settings[i]))
                states[group.settings[i].name] = std::move(*state);
    });
    return states;
}

std::string ethtool_change(uint16_t family, const EthtoolGroup& group,
                           const EthtoolSetting& setting, const std::string& interface,
                           const std::string& value) {
    const NetlinkMessage message = request_for(family, group.set, NLM_F_ACK, interface, 0);
    if (setting.is_flag)
        nla_put_u8(message.get(), setting.attribute, value == "on");
    else
        nla_put_u32(message.get(), setting.attribute, static_cast<uint32_t>(std::stoul(value)));
    return bytes_of(message);
}

std::string features_request(uint16_t family, const std::string& interface) {
    return bytes_of(request_for(family, ETHTOOL_MSG_FEATURES_GET, 0, interface, 0));
}

EthtoolStates parse_features(const std::string& answer) {
    EthtoolStates states;
    for_each_message(answer, [&](const nlmsghdr* message) {
        const Bits can = bits_of(message, ETHTOOL_A_FEATURES_HW),
                   active = bits_of(message, ETHTOOL_A_FEATURES_ACTIVE),
                   never = bits_of(message, ETHTOOL_A_FEATURES_NOCHANGE);
        for (const std::string& name : can.listed)
            states[name] = {text_of(active.set.contains(name), true), std::nullopt,
                            !can.set.contains(name) || never.set.contains(name)};
    });
    return states;
}

std::string feature_change(uint16_t family, const std::string& feature,
                           const std::string& interface, bool on) {
    const NetlinkMessage message = request_for(family, ETHTOOL_MSG_FEATURES_SET, NLM_F_ACK,
                                               interface, ETHTOOL_FLAG_OMIT_REPLY);
    nlattr* wanted = nla_nest_start(message.get(), ETHTOOL_A_FEATURES_WANTED | NLA_F_NESTED);
    nlattr* bits = nla_nest_start(message.get(), ETHTOOL_A_BITSET_BITS | NLA_F_NESTED);
    nlattr* bit = nla_nest_start(message.get(), ETHTOOL_A_BITSET_BITS_BIT | NLA_F_NESTED);
    nla_put_string(message.get(), ETHTOOL_A_BITSET_BIT_NAME, feature.c_str());
    if (on) nla_put_flag(message.get(), ETHTOOL_A_BITSET_BIT_VALUE);
    for (nlattr* nest : {bit, bits, wanted}) nla_nest_end(message.get(), nest);
    return bytes_of(message);
}

}  // namespace rxlab
