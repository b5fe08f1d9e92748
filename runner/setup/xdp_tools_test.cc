// SPDX-License-Identifier: GPL-2.0
#include "setup/kinds.h"
#include "setup/veth_pair.h"

#include <sched.h>
#include <sys/mount.h>

using namespace rxlab;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

constexpr const char* kBpffs = "/sys/fs/bpf";

class XdpTools : public VethPair {
protected:
    void SetUp() override {
        if (geteuid() == 0 && sys_.run({"xdp-loader", "help"}).status == 127)
            GTEST_SKIP() << "needs the package xdp-tools";
        // xdp-tools pin at one place of the machine's and lock at another: here both are the test's
        // own.
        if (geteuid() == 0) {
            ASSERT_EQ(::unshare(CLONE_NEWNS), 0);
            ASSERT_EQ(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
            ASSERT_EQ(::mount("bpf", kBpffs, "bpf", 0, nullptr), 0);
            ASSERT_EQ(::mount("tmpfs", "/run", "tmpfs", 0, nullptr), 0);
        }
        VethPair::SetUp();
    }
    void TearDown() override {
        VethPair::TearDown();
        while (geteuid() == 0 && ::umount2(kBpffs, MNT_DETACH) == 0) {
        }
    }
    std::unique_ptr<Applied> apply(Json parameters) {
        parameters["dispatcher"] = parameters.value(
            "dispatcher", false);  // few machines have what it needs; the guest does
        return apply_xdp_tools(sys_, journal_, topology_, parameters);
    }
    std::string refused(const Json& parameters) {
        try {
            apply(parameters);
        } catch (const Error& error) {
            return error.what();
        }
        return "applied";
    }
    void expect_nothing_left() {
        EXPECT_THAT(journal_.restore(), IsEmpty());
        EXPECT_FALSE(attached());
        EXPECT_FALSE(sys_.exists(std::string(kBpffs) + "/xdp-filter"));
    }
};

}  // namespace

TEST_F(XdpTools, xdp_filter_drops_its_ports_and_is_taken_away) {
    const auto applied = apply({{"rules", 3}, {"first_port", kPort - 2}});
    EXPECT_EQ(drops(*applied), kDatagrams);
    expect_nothing_left();
}

TEST_F(XdpTools, where_no_rule_applies_the_policy_decides) {
    for (const bool drop : {false, true}) {
        const auto applied = apply({{"rules", 2},
                                    {"first_port", kPort + 1},
                                    {"drop_by_default", drop},
                                    {"features", "all"}});
        EXPECT_EQ(drops(*applied), drop ? kDatagrams : 0);
        expect_nothing_left();
    }
}

TEST_F(XdpTools, a_program_of_ours_is_loaded_by_xdp_loader) {
    const auto applied = apply({{"program", "xdp_count_none"}});
    EXPECT_EQ(drops(*applied), kDatagrams);
    expect_nothing_left();
}

TEST_F(XdpTools, it_is_behind_the_dispatcher_or_refused) {
    const std::string told = refused({{"program", "xdp_count_none"}, {"dispatcher", true}});
    const auto there = xdp_attached(sys_, receiver_, "rxs1");
    ASSERT_TRUE(there);
    if (name_of_program(there->id) == "xdp_dispatcher")
        EXPECT_EQ(told, "applied");
    else
        EXPECT_EQ(told, "rxs1: libxdp attached xdp_count_none itself, not its dispatcher");
    expect_nothing_left();
}

TEST_F(XdpTools, a_tool_that_fails_is_quoted_and_leaves_nothing) {
    EXPECT_THAT(refused({{"program", "softirq"}}), HasSubstr("xdp-loader load rxs1"));
    expect_nothing_left();
    EXPECT_THAT(refused({{"features", "smell"}}),
                testing::AllOf(HasSubstr("xdp-filter load rxs1"), HasSubstr("smell")));
    expect_nothing_left();
}

TEST_F(XdpTools, without_bpffs_nothing_is_touched) {
    ASSERT_EQ(::mount("none", kBpffs, "tmpfs", 0, nullptr), 0);
    EXPECT_EQ(refused({{"rules", 1}}), "/sys/fs/bpf is no bpffs, so nothing could stay there");
    EXPECT_THAT(journal_.pending(), IsEmpty());
}

TEST_F(XdpTools, anothers_program_is_neither_joined_nor_detached) {
    const BpfObject theirs = load_bpf("xdp_pass");
    attach_xdp(sys_, receiver_, "rxs1", theirs.program(), XdpMode::native);
    const uint32_t id = xdp_attached(sys_, receiver_, "rxs1")->id;
    EXPECT_THAT(refused({{"rules", 1}}), HasSubstr("has an XDP program already"));
    EXPECT_THAT(journal_.pending(), IsEmpty());
    EXPECT_EQ(xdp_attached(sys_, receiver_, "rxs1")->id, id);
}
