// SPDX-License-Identifier: GPL-2.0
#include "target/devices.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "base/row_named.h"
#include "topology/nic_models.h"

namespace rxlab {

namespace {
constexpr const char* kIommu = "intel-iommu";
}

const Device kDevices[] = {
    // Without interrupt remapping the guest's interrupts stay as they are on every other machine.
    {kIommu, "an IOMMU (VT-d); on with cmdline intel_iommu=on, lazy or strict by iommu.strict=0|1",
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

namespace {

bool has(const std::vector<std::string>& devices, const std::string& name) {
    return std::find(devices.begin(), devices.end(), name) != devices.end();
}

std::string board_of(const std::string& name) {
    const NicModel* nic = model_of_device(name);
    return nic ? nic->board : row_named(kDevices, kDeviceCount, name, "device").machine;
}

void require_board(const std::string& name, const std::string& machine) {
    const std::string board = board_of(name);
    if (!board.empty() && machine != board)
        throw Error(Status::usage,
                    fmt::format("device {} needs machine {}, this is {}", name, board, machine),
                    fmt::format("\"boot\": {{\"machine\": \"{}\"}}", board));
}

std::vector<const NicModel*> nics_in(const std::vector<std::string>& devices) {
    std::vector<const NicModel*> nics;
    for (const std::string& name : devices)
        if (const NicModel* nic = model_of_device(name)) nics.push_back(nic);
    return nics;
}

void require_one_pair(const std::vector<const NicModel*>& nics) {
    if (nics.size() > 1)
        throw Error(Status::usage,
                    fmt::format("two pairs of NICs, {} and {}: they would have the same slots",
                                nics[0]->name, nics[1]->name),
                    "one \"nic:\" device; a topology nic brings its own");
}

/// Two ends on a hub inside QEMU, which reaches nothing else. Without an option ROM, which the
/// firmware would run.
std::vector<std::string> pair_argv(const NicModel& nic, bool translated) {
    std::vector<std::string> argv;
    for (int end = 0; end < 2; end++)
        argv.insert(
            argv.end(),
            {"-netdev", fmt::format("hubport,id=nic{},hubid=0", end), "-device",
             fmt::format("{}{}{},romfile=,netdev=nic{},mac=02:00:00:00:00:{:02x},addr={:#x}",
                         nic.device, nic.options, translated ? nic.translated : "", end, end + 1,
                         kNicSlots[end])});
    return argv;
}

}  // namespace

std::vector<std::string> device_argv(const std::string& machine,
                                     const std::vector<std::string>& devices) {
    for (const std::string& name : devices) require_board(name, machine);
    const std::vector<const NicModel*> nics = nics_in(devices);
    require_one_pair(nics);
    std::vector<std::string> argv;
    for (const Device& device : kDevices)
        if (has(devices, device.name)) argv.insert(argv.end(), {"-device", device.qemu});
    for (const NicModel* nic : nics) {
        const std::vector<std::string> more = pair_argv(*nic, has(devices, kIommu));
        argv.insert(argv.end(), more.begin(), more.end());
    }
    return argv;
}

std::set<std::string> device_extras(const std::vector<std::string>& devices) {
    std::set<std::string> extras;
    for (const NicModel* nic : nics_in(devices))
        extras.insert(std::string("module:") + nic->driver);
    return extras;
}

std::set<std::string> devices_in_help(const std::string& help) {
    std::set<std::string> names;
    std::istringstream lines(help);
    const std::string before = "name \"";
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(before))
            names.insert(line.substr(before.size(), line.find('"', before.size()) - before.size()));
    return names;
}

std::string lacking_for_devices(const std::vector<std::string>& devices,
                                const std::set<std::string>& qemu_has,
                                const std::string& qemu_version,
                                const std::set<std::string>& kernel_lacks,
                                const std::string& release) {
    for (const NicModel* nic : nics_in(devices)) {
        if (!qemu_has.contains(nic->device))
            return fmt::format("{} has no device {}, QEMU {} is the first that has", qemu_version,
                               nic->device, nic->qemu);
        if (kernel_lacks.contains(nic->driver))
            return fmt::format("kernel {} has no driver {}", release, nic->driver);
    }
    return "";
}

}  // namespace rxlab
