// SPDX-License-Identifier: GPL-2.0
#include "target/devices.h"

#include "base/error.h"

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string line(const std::string& machine, const std::vector<std::string>& devices) {
    return fmt::format("{}", fmt::join(device_argv(machine, devices), " "));
}

std::string refusal(const std::string& machine, const std::vector<std::string>& devices) {
    try {
        device_argv(machine, devices);
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_FALSE(error.next().empty());
        return error.what();
    }
    return "";
}

TEST(Devices, a_pair_of_nics_is_on_a_hub_with_fixed_slots_and_addresses) {
    EXPECT_EQ(line("pc", {"nic:e1000e"}),
              "-netdev hubport,id=nic0,hubid=0 "
              "-device e1000e,romfile=,netdev=nic0,mac=02:00:00:00:00:01,addr=0x18 "
              "-netdev hubport,id=nic1,hubid=0 "
              "-device e1000e,romfile=,netdev=nic1,mac=02:00:00:00:00:02,addr=0x19");
}

TEST(Devices, virtio_hands_nothing_to_another_thread_of_qemu) {
    EXPECT_THAT(line("pc", {"nic:virtio-net"}),
                HasSubstr("-device virtio-net-pci,ioeventfd=off,tx=timer,romfile=,"));
}

TEST(Devices, an_iommu_comes_before_the_nics_and_translates_for_virtio_too) {
    const std::string argv = line("q35", {"nic:virtio-net", "intel-iommu"});
    EXPECT_TRUE(argv.starts_with("-device intel-iommu,intremap=off -netdev")) << argv;
    EXPECT_THAT(argv, HasSubstr("iommu_platform=on"));
    EXPECT_THAT(line("q35", {"nic:virtio-net"}), ::testing::Not(HasSubstr("iommu_platform")));
}

TEST(Devices, one_that_does_not_fit_the_board_or_another_is_refused) {
    EXPECT_EQ(refusal("pc", {"nic:igb"}), "device nic:igb needs machine q35, this is pc");
    EXPECT_EQ(refusal("pc", {"nic:e1000e", "nic:tulip"}),
              "two pairs of NICs, e1000e and tulip: they would have the same slots");
    EXPECT_EQ(refusal("pc", {"nic:e1000f"}), "no NIC model 'e1000f'");
    EXPECT_EQ(refusal("pc", {"e1000", "nic:e1000e"}), "");
}

TEST(Devices, the_image_gets_the_modules_of_their_drivers) {
    EXPECT_THAT(device_extras({"nic:rtl8139", "intel-iommu"}), ElementsAre("module:8139cp"));
    EXPECT_TRUE(device_extras({"edu"}).empty());
}

constexpr const char* kHelp =
    "Network devices:\nname \"e1000\", bus PCI, alias \"e1000-82540em\", desc \"Intel\"\n"
    "name \"e1000e\", bus PCI, desc \"Intel\"\n\nInput devices:\nname \"i8042\", bus ISA\n";

TEST(Devices, what_qemu_has_is_read_from_its_help) {
    EXPECT_THAT(devices_in_help(kHelp), ElementsAre("e1000", "e1000e", "i8042"));
}

TEST(Devices, a_qemu_without_the_model_and_a_kernel_without_the_driver_are_told) {
    const std::set<std::string> has = devices_in_help(kHelp);
    const auto lacking = [&](const char* device, const std::set<std::string>& kernel_lacks) {
        return lacking_for_devices({device}, has, "QEMU emulator version 7.2.22", kernel_lacks,
                                   "6.12-cloud");
    };
    EXPECT_EQ(lacking("nic:e1000e", {}), "");
    EXPECT_EQ(lacking("nic:igb", {}),
              "QEMU emulator version 7.2.22 has no device igb, QEMU 8.0 is the first that has");
    EXPECT_EQ(lacking("nic:e1000e", {"e1000e"}), "kernel 6.12-cloud has no driver e1000e");
    EXPECT_EQ(lacking("edu", {"e1000e"}), "");
}

}  // namespace
}  // namespace rxlab
