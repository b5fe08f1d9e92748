// SPDX-License-Identifier: GPL-2.0
#include "setup/kinds.h"

#include "bpf/names.h"
#include "setup/veth_pair.h"

using namespace rxlab;

namespace {

using Xdp = VethPair;

}  // namespace

TEST_F(Xdp, EveryDroppedDatagramIsCountedOnceAndTheJournalDetaches) {
    for (const char* mode : {"native", "generic"}) {
        SCOPED_TRACE(mode);
        const auto applied = apply_xdp(
            sys_, journal_, topology_,
            {{"program", "xdp_port_drop"}, {"mode", mode}, {"config", {{"drop_port", kPort}}}});
        EXPECT_TRUE(attached());
        EXPECT_EQ(drops(*applied), kDatagrams);
        EXPECT_THAT(journal_.restore(), testing::IsEmpty());
        EXPECT_FALSE(attached());
    }
}

TEST_F(Xdp, AProgramThatCountsNothingIsCountedByTheDriver) {
    const auto applied =
        apply_xdp(sys_, journal_, topology_, {{"program", "xdp_count_none"}, {"mode", "native"}});
    EXPECT_EQ(drops(*applied), kDatagrams);
}

TEST_F(Xdp, AProgramThatNobodyCountsIsRefused) {
    EXPECT_THROW(
        apply_xdp(sys_, journal_, topology_, {{"program", "xdp_count_none"}, {"mode", "generic"}}),
        Error);
    EXPECT_THAT(journal_.restore(), testing::IsEmpty());
    EXPECT_FALSE(attached());
}

TEST_F(Xdp, AnothersProgramIsNeitherReplacedNorDetached) {
    const BpfObject theirs = load_bpf("xdp_pass");
    attach_xdp(sys_, receiver_, "rxs1", theirs.program(), XdpMode::native);
    const uint32_t id = xdp_attached(sys_, receiver_, "rxs1")->id;
    EXPECT_THROW(apply_xdp(sys_, journal_, topology_, {{"program", "xdp_drop"}}), Error);
    journal_.restore();
    EXPECT_EQ(xdp_attached(sys_, receiver_, "rxs1")->id, id);
}

TEST_F(Xdp, AVanishedNamespaceNeedsNoDetaching) {
    const auto applied = apply_xdp(sys_, journal_, topology_, {{"program", "xdp_drop"}});
    ip({"netns", "del", receiver_});
    EXPECT_THAT(journal_.restore(), testing::IsEmpty());
}

TEST_F(Xdp, ADetachmentThatSomeoneElseDidAlreadyIsNoFailure) {
    const auto applied = apply_xdp(sys_, journal_, topology_, {{"program", "xdp_drop"}});
    ip({"-n", receiver_, "link", "set", "dev", "rxs1", "xdpdrv", "off"});
    EXPECT_THAT(journal_.restore(), testing::IsEmpty());
}

TEST_F(Xdp, ALoadedProgramIsGoneWithItsSetup) {
    EXPECT_NO_THROW(apply_bpf_prog(sys_, journal_, topology_, {{"program", "xdp_drop"}}));
    EXPECT_THAT(journal_.pending(), testing::IsEmpty());
}

TEST(XdpSchema, OffersTheProgramsThereAre) {
    const Json schema = Json::parse(kXdpSchema);
    EXPECT_EQ(schema.at("properties").at("program").at("enum"),
              Json::parse("[" RXLAB_XDP_NAMES "]"));
    EXPECT_TRUE(Json::parse(kBpfProgSchema).is_object());
}
