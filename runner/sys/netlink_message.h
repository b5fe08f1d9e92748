// SPDX-License-Identifier: GPL-2.0
// Netlink messages made and read, over libnl; Sys::netlink() carries them.
#pragma once
#include "sys/sys.h"

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace rxlab {

using NetlinkMessage = std::unique_ptr<nl_msg, decltype(&nlmsg_free)>;

/// A request of `type` with NLM_F_REQUEST and these flags; attributes are put behind its header.
template <typename Header>
NetlinkMessage netlink_request(int type, int flags, const Header& header) {
    NetlinkMessage message(nlmsg_alloc_simple(type, NLM_F_REQUEST | flags), nlmsg_free);
    nlmsg_hdr(message.get())->nlmsg_seq = 1;
    Header copy = header;
    nlmsg_append(message.get(), &copy, sizeof copy, NLMSG_ALIGNTO);
    return message;
}

std::string bytes_of(const NetlinkMessage& message);

void for_each_message(const std::string& answer,
                      const std::function<void(nlmsghdr* message)>& visit);

/// The attribute of that type behind the message's own header of `size` bytes, or within another;
/// null when there is none.
nlattr* attribute(const nlmsghdr* message, size_t size, int type);
nlattr* attribute(const nlattr* within, int type);
void for_each_attribute(const nlattr* within, const std::function<void(nlattr* each)>& visit);

/// What an NLMSG_ERROR says; number 0 is an acknowledgement.
struct NetlinkRefusal {
    int number;         ///< errno
    std::string words;  ///< the kernel's own (extended acknowledgement); mostly none
};
std::optional<NetlinkRefusal> refusal_in(const nlmsghdr* message);

/// The number of a family of generic netlink. @throws Error(Status::invalid): there is none.
uint16_t generic_family(Sys& sys, const std::string& name);

}  // namespace rxlab
