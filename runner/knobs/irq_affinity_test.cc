// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "knobs/knobs.h"
#include "sys/fake_sys.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

/// Two CPUs; an e1000e in the dut's namespace, a virtio-net card, a card with one line, a shared
/// one.
struct Interrupts : FakeSys {
    Interrupts() {
        files["/run/netns/rxlab-dut"] = "";
        files["/sys/devices/system/cpu/online"] = "0-1\n";
        interrupt("4", "ttyS0");
        interrupt("11", "eth2,ehci_hcd:usb1");
        files["/sys/class/net/eth2/device/irq"] = "11\n";
        interrupt("24", "ens3-rx-0");  // as the interface was called when it was opened
        interrupt("25", "ens3-tx-0");
        interrupt("26", "ens3");
        for (const char* irq : {"24", "25", "26"})
            files[std::string("rxlab-dut:/sys/class/net/rxdut0/device/msi_irqs/") + irq] = "msix\n";
        interrupt("27", "virtio1-config");
        interrupt("28", "virtio1-input.0");
        interrupt("29", "virtio1-output.0");
        for (const char* irq : {"27", "28", "29", "30"})
            files[std::string("/sys/class/net/eth1/device/../msi_irqs/") + irq] = "msix\n";
        files["/sys/class/net/eth1/device/uevent"] = "";
    }
    void interrupt(const std::string& number, const std::string& actions) {
        files["/sys/kernel/irq/" + number + "/actions"] = actions + "\n";
        files["/proc/irq/" + number + "/smp_affinity_list"] = number + "\n";  // to tell them apart
    }
    std::string read(const std::string& name) {
        const Knob knob = find_knob(name);
        return knob.kind.read(*this, knob.object);
    }
    std::string refusal(const std::string& name) {
        try {
            read(name);
            return "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.status(), Status::usage);
            return error.what();
        }
    }
};

TEST(IrqAffinity, is_a_list_of_cpus) {
    FakeSys sys;
    sys.files["/proc/irq/24/smp_affinity_list"] = "0-1\n";
    const Knob knob = find_knob("irq_affinity:24");
    EXPECT_EQ(knob.kind.read(sys, knob.object), "0-1");
}

TEST(IrqAffinity, of_interrupts_that_are_requested_later_is_a_mask_of_the_kernel) {
    FakeSys sys;
    sys.files["/proc/irq/default_smp_affinity"] = "3\n";
    const Knob knob = find_knob("irq_affinity:default");
    EXPECT_EQ(knob.kind.read(sys, knob.object), "0-1");
    knob.kind.write(sys, knob.object, "1");
    EXPECT_EQ(sys.files["/proc/irq/default_smp_affinity"], "2\n");
}

TEST(Irq, is_found_by_the_name_of_its_action) {
    Interrupts interrupts;
    EXPECT_EQ(interrupts.read("irq:ens3-rx-0"), "24");
    EXPECT_EQ(interrupts.read("irq:ens3"), "26");
    EXPECT_EQ(interrupts.read("irq:virtio1-output.0"), "29");
    EXPECT_EQ(interrupts.read("irq:ehci_hcd:usb1"), "11");
    const Knob knob = find_knob("irq:ens3-rx-0");
    knob.kind.write(interrupts, knob.object, "1");
    EXPECT_EQ(interrupts.log, std::vector<std::string>{"write /proc/irq/24/smp_affinity_list 1"});
}

TEST(Irq, is_found_by_interface_and_queue_whatever_the_driver_calls_it) {
    Interrupts interrupts;
    EXPECT_EQ(interrupts.read("irq:@dut:rxdut0-rx-0"), "24");
    EXPECT_EQ(interrupts.read("irq:@dut:rxdut0-tx-0"), "25");
    EXPECT_EQ(interrupts.read("irq:eth1-rx-0"), "28");
    EXPECT_EQ(interrupts.read("irq:eth1-tx-0"), "29");
    EXPECT_EQ(interrupts.read("irq:eth2"), "11");
}

TEST(Irq, of_no_or_of_several_interrupts_is_refused) {
    Interrupts interrupts;
    EXPECT_EQ(interrupts.refusal("irq:eth1-rx-7"),
              "knob irq:eth1-rx-7: no interrupts have this name");
    EXPECT_EQ(interrupts.refusal("irq:eth9-rx-0"),
              "knob irq:eth9-rx-0: no interrupts have this name");
    EXPECT_EQ(interrupts.refusal("irq:eth1"), "knob irq:eth1: 3 interrupts have this name");
}

TEST(Irq, goes_to_a_cpu_that_is_online_or_is_refused) {
    Interrupts interrupts;
    const Knob knob = find_knob("irq:ens3-rx-0");
    EXPECT_NO_THROW(check_knob(interrupts, knob, "1,5"));
    for (const char* wrong : {"2-3", "", "all", "1-"})
        EXPECT_THROW(check_knob(interrupts, knob, wrong), Error) << wrong;
    EXPECT_EQ(interrupts.changes, 0);
}

}  // namespace
}  // namespace rxlab
