// SPDX-License-Identifier: GPL-2.0
#include "setup/kinds.h"

#include "bpf/names.h"
#include "setup/veth_pair.h"

using namespace rxlab;

namespace {

using Xdp = VethPair;

}  // namespace

TEST_F(Xdp, every_dropped_datagram_is_counted_once_and_the_journal_detaches) {
    for (const char* mode : {"native", "generic"}) {
        SCOPED_TRACE(mode);
        const auto applied = apply_xdp(
            sys_, journal_, topology_,
            {{"program", "xdp_port_drop"}, {"mode", mode}, {"config", {{"drop_port", kPort}}}});
        EXPECT_TRUE(attached());
        EXPECT_EQ(applied->facts.at("xdp_attached"), Json({{"rxs1", mode}}));
        EXPECT_EQ(drops(*applied), kDatagrams);
        EXPECT_THAT(journal_.restore(), testing::IsEmpty());
        EXPECT_FALSE(attached());
    }
}

TEST_F(Xdp, a_program_that_counts_nothing_is_counted_by_the_driver) {
    const auto applied =
        apply_xdp(sys_, journal_, topology_, {{"program", "xdp_count_none"}, {"mode", "native"}});
    EXPECT_EQ(drops(*applied), kDatagrams);
}

TEST_F(Xdp, a_program_that_nobody_counts_is_refused) {
    EXPECT_THROW(
        apply_xdp(sys_, journal_, topology_, {{"program", "xdp_count_none"}, {"mode", "generic"}}),
        Error);
    EXPECT_THAT(journal_.restore(), testing::IsEmpty());
    EXPECT_FALSE(attached());
}

TEST_F(Xdp, anothers_program_is_neither_replaced_nor_detached) {
    const BpfObject theirs = load_bpf("xdp_pass");
    attach_xdp(sys_, receiver_, "rxs1", theirs.program(), XdpMode::native);
    const uint32_t id = xdp_attached(sys_, receiver_, "rxs1")->id;
    EXPECT_THROW(apply_xdp(sys_, journal_, topology_, {{"program", "xdp_drop"}}), Error);
    journal_.restore();
    EXPECT_EQ(xdp_attached(sys_, receiver_, "rxs1")->id, id);
}

TEST_F(Xdp, a_vanished_namespace_needs_no_detaching) {
    const auto applied = apply_xdp(sys_, journal_, topology_, {{"program", "xdp_drop"}});
    ip({"netns", "del", receiver_});
    EXPECT_THAT(journal_.restore(), testing::IsEmpty());
}

TEST_F(Xdp, a_detachment_that_someone_else_did_already_is_no_failure) {
    const auto applied = apply_xdp(sys_, journal_, topology_, {{"program", "xdp_drop"}});
    ip({"-n", receiver_, "link", "set", "dev", "rxs1", "xdpdrv", "off"});
    EXPECT_THAT(journal_.restore(), testing::IsEmpty());
}

TEST_F(Xdp, a_loaded_program_is_gone_with_its_setup) {
    EXPECT_NO_THROW(apply_bpf_prog(sys_, journal_, topology_, {{"program", "xdp_drop"}}));
    EXPECT_THAT(journal_.pending(), testing::IsEmpty());
}

TEST(XdpSchema, offers_the_programs_there_are) {
    const Json schema = Json::parse(kXdpSchema);
    EXPECT_EQ(schema.at("properties").at("program").at("enum"),
              Json::parse("[" RXLAB_XDP_NAMES "]"));
    EXPECT_TRUE(Json::parse(kBpfProgSchema).is_object());
}
