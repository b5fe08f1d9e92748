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
