// SPDX-License-Identifier: GPL-2.0
// Needs root. A filter belongs to a device: its name, its namespace, and who looks from where may
// change.
#include "xdp/lab.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>
#include <atomic>
#include <thread>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Identity : public test::Lab {};

TEST_F(Identity, a_name_that_cannot_be_one_takes_nothing_away) {
    load(place(a_));
    load(place(b_));
    for (const char* name : {"", "/", ".", "..", "../rxlab", "v0/", " "})
        for (const std::string& netns : {std::string(), a_}) {
            EXPECT_THAT(refused([&] { unload_filter(sys_, place(netns, name)); }),
                        HasSubstr("is no interface's name"));
            EXPECT_THAT(refused([&] { load(place(netns, name)); }),
                        HasSubstr("is no interface's name"));
            EXPECT_THAT(refused([&] { listed(place(netns, name)); }),
                        HasSubstr("is no interface's name"));
        }
    EXPECT_THAT(refused([&] { unload_filter(sys_, place("../netns", "v0")); }),
                HasSubstr("is no network namespace's name"));
    EXPECT_THAT(listed(place(a_)), ElementsAre("drop dport 22"));
    EXPECT_THAT(listed(place(b_)), ElementsAre("drop dport 22"));
}

TEST_F(Identity, filters_are_found_while_namespaces_come_and_go) {
    load(place(a_));
    std::atomic<bool> enough = false;
    std::thread others([&] {
        const std::string name = fmt::format("rxl-gone-{}", ::getpid());
        while (!enough) {
            real_sys().run({"ip", "netns", "add", name});
            real_sys().run({"ip", "-n", name, "link", "add", "d0", "type", "dummy"});
            real_sys().run({"ip", "netns", "del", name});
        }
    });
    const Fd stale(::open("/run/netns/rxl-stale", O_CREAT | O_CLOEXEC, 0600));
    try {
        for (int i = 0; i < 300; i++) EXPECT_GE(filters(sys_).size(), 1u);
    } catch (const Error& error) {
        ADD_FAILURE() << error.what();
    }
    enough = true;
    others.join();
    ::unlink("/run/netns/rxl-stale");
}

TEST_F(Identity, filters_are_found_wherever_they_are) {
    const auto ours = [&] {
        std::vector<std::string> found;
        for (const auto& [device, filter] : filters(sys_))
            if (device.netns == a_ || device.netns == b_)
                found.push_back(fmt::format("{} {} {}", device.netns == a_ ? "a" : "b", device.name,
                                            filter.rules().size()));
        return found;
    };
    EXPECT_THAT(ours(), testing::IsEmpty());
    load(place(a_));
    load(place(b_), {"drop dport 22", "drop dport 23"});
    EXPECT_THAT(ours(), testing::UnorderedElementsAre("a v0 1", "b v0 2"));
    unload_filter(sys_, place(a_));
    EXPECT_THAT(ours(), ElementsAre("b v0 2"));
}

TEST_F(Identity, what_does_not_exist_is_a_usage_error) {
    EXPECT_THAT(refused([&] { load(place(a_, "nosuch0")); }), HasSubstr("no interface 'nosuch0'"));
    EXPECT_THAT(refused([&] { load(place("nosuch", "v0")); }),
                HasSubstr("network namespace 'nosuch'"));
    EXPECT_THAT(refused([&] { listed(place("nosuch", "v0")); }), HasSubstr("'nosuch'"));
    EXPECT_THAT(refused([&] { unload_filter(sys_, place("nosuch", "v0")); }),
                HasSubstr("'nosuch'"));
}

TEST_F(Identity, the_same_name_in_two_namespaces_is_two_filters_from_inside_and_outside) {
    sys_.in_netns(b_, [&] { load(place(""), {"drop dport 2"}); });
    sys_.in_netns(a_, [&] {
        EXPECT_THAT(refused([&] { listed(place("")); }), HasSubstr("no port filter"));
        EXPECT_THAT(refused([&] { unload_filter(sys_, place("")); }), HasSubstr("no port filter"));
        load(place(""), {"drop dport 1"});
    });
    EXPECT_THAT(listed(place(a_)), ElementsAre("drop dport 1"));
    EXPECT_THAT(listed(place(b_)), ElementsAre("drop dport 2"));
    add(place(a_), "drop dport 3");
    sys_.in_netns(a_, [&] {
        EXPECT_THAT(listed(place("")), ElementsAre("drop dport 1", "drop dport 3"));
        EXPECT_EQ(filter_stats(sys_, place("")).pins, filter_stats(sys_, place(a_)).pins);
        unload_filter(sys_, place(""));
    });
    EXPECT_EQ(program_on(a_), 0u);
    EXPECT_THAT(listed(place(b_)), ElementsAre("drop dport 2"));
}

TEST_F(Identity, counters_have_a_name_that_is_easy_to_find) {
    load(place(a_));
    const std::string pins = bpffs_ + "/rxlab/" + a_ + ":v0";
    EXPECT_EQ(filter_stats(sys_, place(a_)).pins, pins);
    const auto map = pinned_bpf(pins + "/ip_protocols");
    ASSERT_TRUE(map);
    EXPECT_EQ(id_of_map(map->get()), filter_stats(sys_, place(a_)).map_ids.at("ip_protocols"));
    add(place(a_), "drop dport 3");
    EXPECT_EQ(id_of_map(map->get()), filter_stats(sys_, place(a_)).map_ids.at("ip_protocols"));
    unload_filter(sys_, place(a_));
    EXPECT_FALSE(std::filesystem::exists(bpffs_ + "/rxlab"));
}

TEST_F(Identity, an_interface_made_again_under_its_name_has_no_filter_and_takes_one) {
    load(place(a_), {"drop dport 1"});
    ip({"-n", a_, "link", "del", "v0"});
    make_pair();
    EXPECT_THAT(refused([&] { listed(place(a_)); }), HasSubstr("no port filter"));
    EXPECT_THAT(refused([&] { add(place(a_), "drop dport 9"); }), HasSubstr("no port filter"));
    load(place(a_), {"drop dport 2"});
    EXPECT_THAT(listed(place(a_)), ElementsAre("drop dport 2"));
    EXPECT_EQ(filter_stats(sys_, place(a_)).pins, bpffs_ + "/rxlab/" + a_ + ":v0");
    unload_filter(sys_, place(a_));
    EXPECT_FALSE(std::filesystem::exists(bpffs_ + "/rxlab")) << "nothing of the first is left";
}

TEST_F(Identity, what_a_former_interface_left_is_removed_by_unload) {
    load(place(a_));
    ip({"-n", a_, "link", "del", "v0"});
    EXPECT_EQ(unload_filter(sys_, place(a_)).from, 0u);
    EXPECT_FALSE(std::filesystem::exists(bpffs_ + "/rxlab"));
    make_pair();
    EXPECT_THAT(refused([&] { unload_filter(sys_, place(a_)); }), HasSubstr("no port filter"));
}

TEST_F(Identity, a_filter_goes_where_its_interface_goes) {
    load(place(a_));
    ip({"-n", a_, "link", "set", "v0", "down"});
    ip({"-n", a_, "link", "set", "v0", "name", "c0"});
    std::string next;
    EXPECT_THAT(refused([&] { listed(place(a_)); }, &next), HasSubstr("is on c0 --netns " + a_));
    EXPECT_EQ(next, "rxlab xdp stats c0 --netns " + a_);
    EXPECT_THAT(listed(place(a_, "c0")), ElementsAre("drop dport 22"));
    ip({"-n", a_, "link", "set", "c0", "netns", b_});
    EXPECT_THAT(refused([&] { listed(place(a_)); }), HasSubstr("is on c0 --netns " + b_));
    add(place(b_, "c0"), "drop dport 23");
    EXPECT_THAT(listed(place(b_, "c0")), ElementsAre("drop dport 22", "drop dport 23"));
    EXPECT_THAT(refused([&] { load(place(b_, "c0")); }), HasSubstr("already"));
    EXPECT_GT(unload_filter(sys_, place(b_, "c0")).from, 0u);
    EXPECT_EQ(program_on(b_, "c0"), 0u);
    EXPECT_FALSE(std::filesystem::exists(bpffs_ + "/rxlab"));
}

TEST_F(Identity, a_bpffs_that_ends_with_its_command_takes_no_filter_with_it) {
    // As `ip netns exec` does: mounts of its own, gone with the process.
    EXPECT_EQ(end(start([&] {
                  ::unshare(CLONE_NEWNS);
                  ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
                  ::mount("bpf", bpffs_.c_str(), "bpf", 0, nullptr);
                  load(place(a_));
                  return 0;
              })),
              0);
    EXPECT_THAT(listed(place(a_)), ElementsAre("drop dport 22"));
    EXPECT_EQ(filter_stats(sys_, place(a_)).pins, "");
    add(place(a_), "drop dport 23");
    unload_filter(sys_, place(a_));
    EXPECT_EQ(program_on(a_), 0u);
}

TEST_F(Identity, pins_of_a_load_that_was_killed_are_no_obstacle) {
    load(place(a_));
    ip({"-n", a_, "link", "set", "v0", "xdp", "off"});
    EXPECT_THAT(refused([&] { listed(place(a_)); }), HasSubstr("no port filter"));
    load(place(a_));
    EXPECT_EQ(filter_stats(sys_, place(a_)).pins, bpffs_ + "/rxlab/" + a_ + ":v0");
}

TEST_F(Identity, somebody_else_s_program_is_named_and_never_taken_for_ours) {
    const BpfObject other = load_bpf("xdp_pass");
    attach_xdp(sys_, a_, "v0", other.program(), XdpMode::generic);
    const uint32_t id = program_on(a_);
    std::string next;
    EXPECT_THAT(refused([&] { listed(place(a_)); }), HasSubstr("xdp_pass (id "));
    EXPECT_THAT(refused([&] { unload_filter(sys_, place(a_)); }), HasSubstr("xdp_pass (id "));
    EXPECT_THAT(refused([&] { load(place(a_)); }, &next), HasSubstr("already: xdp_pass"));
    EXPECT_EQ(program_on(a_), id);
    EXPECT_EQ(load(place(a_), {"drop dport 1"}, XdpMode::native, true).from, id)
        << "from generic to native";
    EXPECT_EQ(filter_stats(sys_, place(a_)).mode, "native");
}

TEST_F(Identity, the_kernel_s_own_reason_is_shown_with_a_remedy) {
    ip({"-n", a_, "link", "del", "v0"});
    make_pair("9000");
    std::string next;
    EXPECT_THAT(refused([&] { load(place(a_)); }, &next, Status::invalid),
                HasSubstr("Peer MTU is too large to set XDP"));
    EXPECT_THAT(next, HasSubstr("mtu 1500"));
    EXPECT_FALSE(std::filesystem::exists(bpffs_ + "/rxlab"));
    EXPECT_NO_THROW(load(place(a_), {"drop dport 1"}, XdpMode::generic)) << "the remedy works";
    const BpfObject other = load_bpf("xdp_pass");
    attach_xdp(sys_, b_, "v0", other.program(), XdpMode::generic);
    refused([&] { load(place(b_), {"drop dport 1"}, XdpMode::native, true); }, nullptr,
            Status::invalid);
    EXPECT_GT(program_on(b_), 0u) << "what was to be replaced came back";
}

TEST_F(Identity, without_driver_support_generic_mode_is_the_remedy) {
    std::string next;
    refused([&] { load(place(a_, "lo")); }, &next, Status::invalid);
    EXPECT_THAT(next, HasSubstr("mode generic"));
    EXPECT_NO_THROW(load(place(a_, "lo"), {"drop dport 1"}, XdpMode::generic));
}

TEST(Remedies, each_refusal_has_its_own) {
    EXPECT_THAT(remedy_of(ERANGE, "", "e0"), HasSubstr("ip link set dev e0 mtu 1500"));
    EXPECT_THAT(remedy_of(EINVAL, "MTU too large to enable XDP", "e0"), HasSubstr("mtu 1500"));
    EXPECT_THAT(remedy_of(EOPNOTSUPP, "Can't set XDP while host is implementing LRO/CSUM", "e0"),
                HasSubstr("ethtool -K e0 lro off"));
    EXPECT_THAT(remedy_of(EOPNOTSUPP, "", "e0"), HasSubstr("mode generic"));
    EXPECT_THAT(remedy_of(ENOMEM, "", "e0"), HasSubstr("fewer queues"));
    EXPECT_THAT(
        remedy_of(ENOSPC, "XDP expects number of rx queues not less than peer tx queues", "e0"),
        HasSubstr("ethtool -L"));
    EXPECT_THAT(remedy_of(EBUSY, "Can't replace active BPF XDP link", "e0"),
                HasSubstr("bpftool link"));
    EXPECT_THAT(remedy_of(EBUSY, "", "e0"), HasSubstr("another program"));
    EXPECT_EQ(remedy_of(EIO, "", "e0"), "");
}

}  // namespace
}  // namespace rxlab
