// SPDX-License-Identifier: GPL-2.0
#include "sys/netlink_message.h"

#include "base/error.h"
#include "base/printable.h"

#include <fmt/format.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

namespace rxlab {
namespace {

constexpr size_t kMostWords = 200;  // bytes of the kernel's words in a message

/// The attributes behind an error come after the request that it repeats, or, where that was cut
/// (NLM_F_CAPPED), after the request's header.
std::string words_of(const nlmsghdr* message) {
    if (!(message->nlmsg_flags & NLM_F_ACK_TLVS)) return "";
    const size_t request = static_cast<const nlmsgerr*>(nlmsg_data(message))->msg.nlmsg_len;
    const bool cut = message->nlmsg_flags & NLM_F_CAPPED;
    if (!cut && (request < NLMSG_HDRLEN || request > message->nlmsg_len)) return "";
    const size_t before = sizeof(nlmsgerr) + (cut ? 0 : request - NLMSG_HDRLEN);
    const nlattr* words = attribute(message, before, NLMSGERR_ATTR_MSG);
    if (!words) return "";
    const char* text = static_cast<const char*>(nla_data(words));
    return printable({text, strnlen(text, static_cast<size_t>(nla_len(words)))}, kMostWords);
}

}  // namespace

std::string bytes_of(const NetlinkMessage& message) {
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

nlattr* attribute(const nlmsghdr* message, size_t size, int type) {
    const int own = static_cast<int>(size);
    if (!nlmsg_valid_hdr(message, own)) return nullptr;
    return nla_find(nlmsg_attrdata(message, own), nlmsg_attrlen(message, own), type);
}

nlattr* attribute(const nlattr* within, int type) {
    return within ? nla_find(static_cast<nlattr*>(nla_data(within)), nla_len(within), type)
                  : nullptr;
}

void for_each_attribute(const nlattr* within, const std::function<void(nlattr* each)>& visit) {
    nlattr* each = nullptr;
    int left = 0;
    if (within) nla_for_each_nested(each, within, left) visit(each);
}

std::optional<NetlinkRefusal> refusal_in(const nlmsghdr* message) {
    if (message->nlmsg_type != NLMSG_ERROR || !nlmsg_valid_hdr(message, sizeof(nlmsgerr)))
        return std::nullopt;
    const int error = static_cast<const nlmsgerr*>(nlmsg_data(message))->error;
    return NetlinkRefusal{-error, error ? words_of(message) : ""};
}

uint16_t generic_family(Sys& sys, const std::string& name) {
    const NetlinkMessage request =
        netlink_request(GENL_ID_CTRL, 0, genlmsghdr{.cmd = CTRL_CMD_GETFAMILY, .version = 1});
    nla_put_string(request.get(), CTRL_ATTR_FAMILY_NAME, name.c_str());
    uint16_t family = 0;
    for_each_message(sys.netlink(NETLINK_GENERIC, bytes_of(request)), [&](nlmsghdr* message) {
        const nlattr* number = attribute(message, sizeof(genlmsghdr), CTRL_ATTR_FAMILY_ID);
        if (number && nla_len(number) == sizeof family) family = nla_get_u16(number);
    });
    if (!family)
        throw Error(Status::invalid, fmt::format("no answer about netlink family '{}'", name));
    return family;
}

}  // namespace rxlab
