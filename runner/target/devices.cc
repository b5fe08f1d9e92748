// SPDX-License-Identifier: GPL-2.0
#include "target/devices.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/row_named.h"

namespace rxlab {

const Device kDevices[] = {
    // Without interrupt remapping the guest's interrupts stay as they are on every other machine.
    {"intel-iommu",
     "an IOMMU (VT-d); on with cmdline intel_iommu=on, lazy or strict by iommu.strict=0|1",
     "intel-iommu,intremap=off", "q35"},
    // No driver of the guest's image claims it. With a fixed slot its address does not depend on
    // the others.
    {"e1000",
     "a PCI function that does DMA through the IOMMU when one is there: 0000:00:10.0 for vdma.ko "
     "pci=",
     "e1000,addr=0x10,romfile=", ""},
    // QEMU keeps none of it in a snapshot: remove it and rescan the bus before it is used.
    {"edu",
     "a PCI function whose message vdma.ko msi=1 raises its interrupts by: 0000:00:11.0, after a "
     "rescan of the bus",
     "edu,addr=0x11", ""},
};
const size_t kDeviceCount = std::size(kDevices);

std::vector<std::string> device_argv(const std::string& machine,
                                     const std::vector<std::string>& devices) {
    for (const std::string& name : devices) {
        const Device& device = row_named(kDevices, kDeviceCount, name, "device");
        if (*device.machine && machine != device.machine)
            throw Error(Status::usage,
                        fmt::format("device {} needs machine {}, this is {}", name, device.machine,
                                    machine),
                        fmt::format("\"boot\": {{\"machine\": \"{}\"}}", device.machine));
    }
    std::vector<std::string> argv;
    for (const Device& device : kDevices)
        if (std::find(devices.begin(), devices.end(), device.name) != devices.end())
            argv.insert(argv.end(), {"-device", device.qemu});
    return argv;
}

}  // namespace rxlab
