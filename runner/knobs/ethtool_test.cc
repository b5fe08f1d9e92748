// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "knobs/ethtool_netlink.h"
#include "knobs/knobs.h"
#include "sys/fake_sys.h"
#include "sys/netlink_message.h"

#include <gtest/gtest.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>

namespace rxlab {
namespace {

constexpr uint16_t kFamily = 21;

/// A machine with one device that has some settings, and a kernel that answers about them.
struct Machine : FakeSys {
    std::map<uint16_t, uint32_t> rings = {{ETHTOOL_A_RINGS_RX_MAX, 4096},
                                          {ETHTOOL_A_RINGS_RX, 256},
                                          {ETHTOOL_A_RINGS_TX_MAX, 4096},
                                          {ETHTOOL_A_RINGS_TX, 512}};
    std::map<uint16_t, uint32_t> coalesce = {{ETHTOOL_A_COALESCE_RX_USECS, 3}};
    bool adaptive = false;
    std::set<std::string> features = {"rx-gro", "rx-checksum"};  // of those below
    std::string asked;  ///< the interface of the last request

    Machine() {
        files["/sys/class/net/eth0/mtu"] = "1500\n";
        on_netlink = [this](int protocol, const std::string& request) {
            EXPECT_EQ(protocol, NETLINK_GENERIC);
            return answer(request);
        };
    }

    std::string read(const std::string& name) {
        const Knob knob = find_knob(name);
        return knob.kind.read(*this, knob.object);
    }
    void write(const std::string& name, const std::string& value) {
        const Knob knob = find_knob(name);
        knob.kind.write(*this, knob.object, value);
    }
    Error refusal(const std::function<void()>& act) {
        try {
            act();
        } catch (const Error& error) {
            EXPECT_EQ(changes, 0) << "something was touched";
            return error;
        }
        return Error(Status::ok, "accepted");
    }
    Error refused(const std::string& name, const std::string& value) {
        return refusal([&] { check_knob(*this, find_knob(name), value); });
    }

private:
    static NetlinkMessage reply(uint8_t command) {
        return netlink_request(kFamily, 0, genlmsghdr{.cmd = command, .version = 1});
    }
    static std::string numbers(uint8_t command, const std::map<uint16_t, uint32_t>& values) {
        const NetlinkMessage message = reply(command);
        for (const auto& [type, value] : values) nla_put_u32(message.get(), type, value);
        return bytes_of(message);
    }
    static std::string coalesce_reply(const std::map<uint16_t, uint32_t>& values, bool adaptive) {
        const NetlinkMessage message = reply(ETHTOOL_MSG_COALESCE_GET_REPLY);
        for (const auto& [type, value] : values) nla_put_u32(message.get(), type, value);
        nla_put_u8(message.get(), ETHTOOL_A_COALESCE_USE_ADAPTIVE_RX, adaptive);
        return bytes_of(message);
    }
    static void put_bits(nl_msg* message, int type, const std::set<std::string>& listed,
                         const std::set<std::string>* set) {
        nlattr* all = nla_nest_start(message, type);
        if (!set) nla_put_flag(message, ETHTOOL_A_BITSET_NOMASK);
        nlattr* bits = nla_nest_start(message, ETHTOOL_A_BITSET_BITS);
        for (const std::string& name : listed) {
            nlattr* bit = nla_nest_start(message, ETHTOOL_A_BITSET_BITS_BIT);
            nla_put_string(message, ETHTOOL_A_BITSET_BIT_NAME, name.c_str());
            if (set && set->contains(name)) nla_put_flag(message, ETHTOOL_A_BITSET_BIT_VALUE);
            nla_nest_end(message, bit);
        }
        nla_nest_end(message, bits);
        nla_nest_end(message, all);
    }
    std::string features_reply() const {
        const NetlinkMessage message = reply(ETHTOOL_MSG_FEATURES_GET_REPLY);
        const std::set<std::string> known = {"rx-gro", "rx-checksum", "rx-lro", "netns-local"},
                                    changeable = {"rx-gro", "rx-checksum", "netns-local"};
        put_bits(message.get(), ETHTOOL_A_FEATURES_HW, known, &changeable);
        put_bits(message.get(), ETHTOOL_A_FEATURES_ACTIVE, features, nullptr);
        put_bits(message.get(), ETHTOOL_A_FEATURES_NOCHANGE, {"netns-local"}, nullptr);
        return bytes_of(message);
    }
    void take(const nlmsghdr* message, std::map<uint16_t, uint32_t>& values) {
        for (auto& [type, value] : values)
            if (const nlattr* found = attribute(message, sizeof(genlmsghdr), type))
                value = nla_get_u32(found);
    }
    void take_feature(const nlmsghdr* message) {
        const nlattr* bit =
            attribute(attribute(attribute(message, sizeof(genlmsghdr), ETHTOOL_A_FEATURES_WANTED),
                                ETHTOOL_A_BITSET_BITS),
                      ETHTOOL_A_BITSET_BITS_BIT);
        const std::string name = nla_get_string(attribute(bit, ETHTOOL_A_BITSET_BIT_NAME));
        if (attribute(bit, ETHTOOL_A_BITSET_BIT_VALUE))
            features.insert(name);
        else
            features.erase(name);
    }
    std::string answer(const std::string& request) {
        std::string out;
        for_each_message(request, [&](nlmsghdr* message) { out = answer(message); });
        return out;
    }
    std::string answer(const nlmsghdr* message) {
        if (message->nlmsg_type == GENL_ID_CTRL) {
            const NetlinkMessage family =
                netlink_request(GENL_ID_CTRL, 0, genlmsghdr{.cmd = CTRL_CMD_NEWFAMILY});
            nla_put_u16(family.get(), CTRL_ATTR_FAMILY_ID, kFamily);
            return bytes_of(family);
        }
        EXPECT_EQ(message->nlmsg_type, kFamily);
        asked = nla_get_string(
            attribute(attribute(message, sizeof(genlmsghdr), 1), ETHTOOL_A_HEADER_DEV_NAME));
        const auto command = static_cast<const genlmsghdr*>(nlmsg_data(message))->cmd;
        switch (command) {
            case ETHTOOL_MSG_RINGS_GET:
                return numbers(ETHTOOL_MSG_RINGS_GET_REPLY, rings);
            case ETHTOOL_MSG_COALESCE_GET:
                return coalesce_reply(coalesce, adaptive);
            case ETHTOOL_MSG_FEATURES_GET:
                return features_reply();
        }
        EXPECT_TRUE(message->nlmsg_flags & NLM_F_ACK) << "a change that nobody acknowledges";
        if (command == ETHTOOL_MSG_RINGS_SET) take(message, rings);
        if (command == ETHTOOL_MSG_FEATURES_SET) take_feature(message);
        if (command == ETHTOOL_MSG_COALESCE_SET) {
            take(message, coalesce);
            if (const nlattr* found =
                    attribute(message, sizeof(genlmsghdr), ETHTOOL_A_COALESCE_USE_ADAPTIVE_RX))
                adaptive = nla_get_u8(found);
        }
        return "";
    }
};

TEST(Ethtool, reads_each_group_s_settings) {
    Machine machine;
    EXPECT_EQ(machine.read("ethtool:eth0/ring/rx"), "256");
    EXPECT_EQ(machine.asked, "eth0");
    EXPECT_EQ(machine.read("ethtool:eth0/ring/tx"), "512");
    EXPECT_EQ(machine.read("ethtool:eth0/coalesce/rx-usecs"), "3");
    EXPECT_EQ(machine.read("ethtool:eth0/coalesce/adaptive-rx"), "off");
    EXPECT_EQ(machine.read("ethtool:eth0/feature/rx-checksum"), "on");
    EXPECT_EQ(machine.read("ethtool:eth0/feature/rx-lro"), "off");
}

TEST(Ethtool, a_written_value_is_read_back) {
    Machine machine;
    for (const auto& [name, value] : {std::pair{"ethtool:eth0/ring/rx", "1024"},
                                      {"ethtool:eth0/coalesce/rx-usecs", "50"},
                                      {"ethtool:eth0/coalesce/adaptive-rx", "on"},
                                      {"ethtool:eth0/feature/rx-gro", "off"},
                                      {"ethtool:eth0/feature/rx-checksum", "off"},
                                      {"ethtool:eth0/feature/rx-gro", "on"}}) {
        machine.write(name, value);
        EXPECT_EQ(machine.read(name), value) << name;
    }
    EXPECT_EQ(machine.read("ethtool:eth0/ring/tx"), "512") << "only what was named";
    EXPECT_EQ(machine.log.front(), "netlink - ethtool:eth0/ring/rx 1024");
}

TEST(Ethtool, asks_in_the_namespace_that_the_knob_names) {
    Machine machine;
    machine.files["/run/netns/rxlab-dut"] = "";
    machine.write("ethtool:@dut:rxdut0/feature/rx-gro", "off");
    EXPECT_EQ(machine.log,
              std::vector<std::string>{"netlink rxlab-dut ethtool:rxdut0/feature/rx-gro off"});
    EXPECT_EQ(machine.asked, "rxdut0");
}

TEST(Ethtool, features_may_be_called_as_ethtool_calls_them) {
    Machine machine;
    for (const char* name : {"gro", "generic-receive-offload", "rx-gro"})
        EXPECT_EQ(machine.read(std::string("ethtool:eth0/feature/") + name), "on") << name;
    const Error several =
        machine.refusal([] { find_knob("ethtool:eth0/feature/tx-checksumming"); });
    EXPECT_STREQ(
        several.what(),
        "knob ethtool:eth0/feature/tx-checksumming: 'tx-checksumming' is several features");
    EXPECT_EQ(several.next(),
              "name one: tx-checksum-ip-generic, tx-checksum-ipv4, tx-checksum-ipv6");
}

TEST(Ethtool, above_the_driver_s_maximum_is_refused_with_it_and_nothing_is_touched) {
    Machine machine;
    EXPECT_STREQ(machine.refused("ethtool:eth0/ring/rx", "4097").what(),
                 "knob ethtool:eth0/ring/rx: 4097 is above the driver's maximum, 4096");
    EXPECT_STREQ(machine.refused("ethtool:eth0/ring/rx", "4096").what(), "accepted");
}

TEST(Ethtool, what_the_driver_has_not_is_refused_with_what_it_has) {
    Machine machine;
    const Error error = machine.refused("ethtool:eth0/coalesce/rx-frames", "8");
    EXPECT_STREQ(error.what(),
                 "knob ethtool:eth0/coalesce/rx-frames: eth0 has no coalesce setting 'rx-frames'");
    EXPECT_EQ(error.next(), "it has adaptive-rx, rx-usecs");
    EXPECT_EQ(machine.refused("ethtool:eth0/feature/rx-grow", "on").next(),
              "did you mean 'rx-gro'?");
}

TEST(Ethtool, values_of_another_shape_are_refused) {
    Machine machine;
    EXPECT_STREQ(machine.refused("ethtool:eth0/ring/rx", "lots").what(),
                 "knob ethtool:eth0/ring/rx: 'lots' is no number");
    EXPECT_STREQ(machine.refused("ethtool:eth0/ring/rx", "99999999999").what(),
                 "knob ethtool:eth0/ring/rx: '99999999999' is no number");
    EXPECT_STREQ(machine.refused("ethtool:eth0/coalesce/adaptive-rx", "1").what(),
                 "knob ethtool:eth0/coalesce/adaptive-rx: '1' is neither on nor off");
    EXPECT_STREQ(machine.refused("ethtool:eth9/ring/rx", "lots").what(),
                 "knob ethtool:eth9/ring/rx: 'lots' is no number");
}

TEST(Ethtool, a_feature_that_cannot_be_changed_may_only_stay) {
    Machine machine;
    EXPECT_STREQ(machine.refused("ethtool:eth0/feature/lro", "on").what(),
                 "knob ethtool:eth0/feature/lro: eth0 keeps it off");
    EXPECT_STREQ(machine.refused("ethtool:eth0/feature/netns-local", "on").what(),
                 "knob ethtool:eth0/feature/netns-local: eth0 keeps it off");
    EXPECT_STREQ(machine.refused("ethtool:eth0/feature/lro", "off").what(), "accepted");
}

TEST(Ethtool, of_a_device_that_is_yet_to_be_made_it_knows_no_maximum) {
    Machine machine;
    EXPECT_STREQ(machine.refused("ethtool:@dut:rxdut0/ring/rx", "99999").what(), "accepted");
}

TEST(Ethtool, the_kernel_s_refusal_is_told_with_the_knob) {
    Machine machine;
    machine.on_netlink = [](int, const std::string&) -> std::string {
        throw Error(Status::invalid, "the kernel refuses: no device matches name: No such device");
    };
    EXPECT_STREQ(machine.refusal([&] { machine.read("ethtool:eth7/ring/rx"); }).what(),
                 "knob ethtool:eth7/ring/rx: the kernel refuses: no device matches name: No such "
                 "device");
}

TEST(Ethtool, answers_cut_short_are_no_settings) {
    EXPECT_TRUE(parse_features(std::string(40, '\xff')).empty());
    EXPECT_TRUE(parse_ethtool(std::string("\x14\0\0\0\x15", 5), kEthtoolGroups[0]).empty());
    EXPECT_TRUE(parse_ethtool("", kEthtoolGroups[0]).empty());
}

}  // namespace
}  // namespace rxlab
