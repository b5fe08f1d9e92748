// SPDX-License-Identifier: GPL-2.0
#include "sys/netlink_message.h"

#include "base/error.h"
#include "sys/fake_sys.h"
#include "sys/real_sys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include <cerrno>

namespace rxlab {
namespace {

using ::testing::HasSubstr;

std::string error_message(int flags, int number, const std::string& request,
                          const std::string& words) {
    const NetlinkMessage message(nlmsg_alloc_simple(NLMSG_ERROR, flags), nlmsg_free);
    nlmsgerr error{};
    error.error = -number;
    error.msg.nlmsg_len = static_cast<uint32_t>(sizeof error.msg + request.size());
    nlmsg_append(message.get(), &error, sizeof error, NLMSG_ALIGNTO);
    if (!request.empty())
        nlmsg_append(message.get(), const_cast<char*>(request.data()), request.size(),
                     NLMSG_ALIGNTO);
    if (!words.empty()) nla_put_string(message.get(), NLMSGERR_ATTR_MSG, words.c_str());
    return bytes_of(message);
}

std::optional<NetlinkRefusal> refusal(const std::string& bytes) {
    std::optional<NetlinkRefusal> found;
    for_each_message(bytes, [&](const nlmsghdr* message) { found = refusal_in(message); });
    return found;
}

TEST(NetlinkMessage, a_refusal_has_the_kernel_s_words_behind_the_request_or_its_header) {
    const auto whole = refusal(error_message(NLM_F_ACK_TLVS, EINVAL, "12345678", "too big"));
    EXPECT_EQ(whole->number, EINVAL);
    EXPECT_EQ(whole->words, "too big");
    EXPECT_EQ(refusal(error_message(NLM_F_ACK_TLVS | NLM_F_CAPPED, EPERM, "", "not you"))->words,
              "not you");
    EXPECT_EQ(refusal(error_message(0, EINVAL, "", ""))->words, "");
}

TEST(NetlinkMessage, an_acknowledgement_is_number_0_and_another_message_none) {
    EXPECT_EQ(refusal(error_message(NLM_F_CAPPED, 0, "", ""))->number, 0);
    EXPECT_FALSE(refusal(bytes_of(netlink_request(RTM_GETLINK, 0, ifinfomsg{}))));
}

TEST(NetlinkMessage, a_refusal_that_claims_more_than_there_is_has_no_words) {
    std::string lies = error_message(NLM_F_ACK_TLVS, EINVAL, "", "hidden");
    const uint32_t length = 5000;  // of the request that it would repeat
    lies.replace(NLMSG_HDRLEN + 4, sizeof length, reinterpret_cast<const char*>(&length), 4);
    EXPECT_EQ(refusal(lies)->words, "");
    const uint32_t less_than_a_header = 0;
    lies.replace(NLMSG_HDRLEN + 4, 4, reinterpret_cast<const char*>(&less_than_a_header), 4);
    EXPECT_EQ(refusal(lies)->words, "");
}

TEST(NetlinkMessage, a_family_has_the_number_that_the_kernel_gives_it) {
    FakeSys sys;
    sys.on_netlink = [](int protocol, const std::string&) {
        EXPECT_EQ(protocol, NETLINK_GENERIC);
        const NetlinkMessage answer =
            netlink_request(GENL_ID_CTRL, 0, genlmsghdr{.cmd = CTRL_CMD_NEWFAMILY});
        nla_put_u16(answer.get(), CTRL_ATTR_FAMILY_ID, 31);
        return bytes_of(answer);
    };
    EXPECT_EQ(generic_family(sys, "ethtool"), 31);
    sys.on_netlink = [](int, const std::string&) { return std::string(); };
    EXPECT_THROW(generic_family(sys, "ethtool"), Error);
}

TEST(RealNetlink, a_refusal_is_told_in_the_kernel_s_words) {
    const NetlinkMessage request = netlink_request(RTM_GETLINK, NLM_F_ACK, ifinfomsg{});
    nla_put_string(request.get(), IFLA_IFNAME, "rxlab-nothing");
    try {
        real_sys().netlink(NETLINK_ROUTE, bytes_of(request));
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("the kernel refuses: No such device"));
    }
}

}  // namespace
}  // namespace rxlab
