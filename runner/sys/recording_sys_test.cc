// SPDX-License-Identifier: GPL-2.0
#include "sys/recording_sys.h"

#include "sys/fake_sys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(RecordingSys, notes_every_change_and_makes_none) {
    FakeSys fake;
    fake.files["/proc/sys/x"] = "300\n";
    RecordingSys sys(fake, RecordingSys::Mode::only_record);
    sys.write_file("/proc/sys/x", "16");
    EXPECT_EQ(sys.read_file("/proc/sys/x"), "16");  // so that a value read back is the one written
    sys.in_netns("dut", [&] { sys.write_file("/proc/sys/y", "1\n"); });
    sys.run({"nft", "-f", "-"}, "add table a\nadd table b\n", "dut");
    sys.run({"ip", "link"});
    EXPECT_THAT(sys.changes(),
                ElementsAre("/proc/sys/x: 300 -> 16", "dut: /proc/sys/y: 0 -> 1",
                            "dut: nft add table a", "dut: nft add table b", "ip link"));
    EXPECT_EQ(fake.files["/proc/sys/x"], "300\n");
    EXPECT_THAT(fake.log, IsEmpty());
}

TEST(RecordingSys, notes_changes_by_netlink_and_asks_nobody_in_a_namespace_to_be_made) {
    FakeSys fake;
    fake.on_netlink = [](int, const std::string&) { return std::string("answer"); };
    RecordingSys sys(fake, RecordingSys::Mode::only_record);
    EXPECT_EQ(sys.netlink(0, "question"), "answer");
    sys.in_netns("dut", [&] {
        EXPECT_EQ(sys.netlink(0, "question"), "");
        sys.netlink_change(0, "change", "ring of eth0 512");
    });
    EXPECT_THAT(sys.changes(), ElementsAre("dut: ring of eth0 512"));
    EXPECT_THAT(fake.log, IsEmpty());
    RecordingSys passing(fake, RecordingSys::Mode::pass_on);
    passing.netlink_change(0, "change", "ring of eth0 512");
    EXPECT_THAT(fake.log, ElementsAre("netlink - ring of eth0 512"));
}

TEST(RecordingSys, can_pass_everything_on_as_well) {
    FakeSys fake;
    fake.files["/proc/sys/x"] = "300\n";
    RecordingSys sys(fake, RecordingSys::Mode::pass_on);
    sys.write_file("/proc/sys/x", "16");
    sys.run({"ip", "link"}, "", "dut");
    EXPECT_EQ(fake.files["/proc/sys/x"], "16\n");
    EXPECT_THAT(sys.changes(), ElementsAre("write /proc/sys/x: 16", "dut: ip link"));
    EXPECT_THAT(fake.log, ElementsAre("write /proc/sys/x 16", "run dut ip link"));
}

TEST(RecordingSys, of_bytes_that_are_no_text_it_notes_how_many) {
    FakeSys fake;
    fake.files["/sys/frames"] = "";
    RecordingSys sys(fake, RecordingSys::Mode::pass_on);
    sys.write_file("/sys/frames", std::string("\x3c\0\0\0\x85", 5));
    EXPECT_THAT(sys.changes(), ElementsAre("write /sys/frames: (5 bytes)"));
}

}  // namespace
}  // namespace rxlab
