// SPDX-License-Identifier: GPL-2.0
// NICs of which QEMU has a model and the kernel a driver. One more is one row here: the machine's
// devices, the image's modules, the topology's schema and `rxlab list devices` read it.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace rxlab {

/// A row of kNicModels.
struct NicModel {
    const char* name;        ///< as experiments write it
    const char* summary;     ///< for people
    const char* device;      ///< QEMU's
    const char* options;     ///< of that device, each after a comma
    const char* translated;  ///< what it needs besides to be behind an IOMMU, likewise
    const char* driver;      ///< the kernel's module
    const char* board;       ///< the board it needs, or empty
    const char* qemu;        ///< the first version of QEMU that has it
    const char* native_xdp;  ///< the first kernel whose driver runs XDP programs itself, or empty
    const char* no_buffer;   ///< where `ethtool -S` counts frames for which the device had no
                             ///< buffer; empty: in the interface's rx_missed_errors
    bool xdp_in_dropped;     ///< its rx_dropped has what XDP programs drop, too
    int settle_s;            ///< s from a carrier until driver and device leave the link alone, and
                             ///< what moderates interrupts by what arrives has come to rest
};

/// The options of virtio-net: a request that an eventfd hands to another thread of QEMU, or that a
/// bottom half takes later, is served when the host has time.
#define RXLAB_NIC_MODELS(FIRST, NEXT)                                                              \
    FIRST("e1000e", "Intel 82574L: MSI-X, interrupts moderated by the device (ITR)", "e1000e", "", \
          "", "e1000e", "", "1.7", "", "", false, 12)                                              \
    NEXT("e1000", "Intel 82540EM: one interrupt line, moderated (ITR)", "e1000", "", "", "e1000",  \
         "", "1.7", "", "", false, 3)                                                              \
    NEXT("igb", "Intel 82576: several queues, RSS", "igb", "", "", "igb", "q35", "8.0", "5.10",    \
         "", false, 0)                                                                             \
    NEXT("tulip", "DEC 21143: an interrupt per frame", "tulip", "", "", "tulip", "", "5.0", "",    \
         "", false, 4)                                                                             \
    NEXT("rtl8139", "RealTek 8139C+: a ring of 64, an interrupt per frame", "rtl8139", "", "",     \
         "8139cp", "", "1.7", "", "", false, 0)                                                    \
    NEXT("pcnet", "AMD 79C970A: a ring of 32, an interrupt per frame", "pcnet", "", "", "pcnet32", \
         "", "1.7", "", "", false, 0)                                                              \
    NEXT("e100", "Intel 82559: an interrupt per frame", "i82559c", "", "", "e100", "", "1.7", "",  \
         "", false, 0)                                                                             \
    NEXT("vmxnet3", "VMware's paravirtual one: an interrupt per frame, LRO", "vmxnet3", "", "",    \
         "vmxnet3", "", "1.7", "6.6", "pkts rx OOB", false, 0)                                     \
    NEXT("virtio-net", "the paravirtual one, native XDP", "virtio-net-pci",                        \
         ",ioeventfd=off,tx=timer", ",disable-legacy=on,iommu_platform=on", "virtio_net", "",      \
         "1.7", "4.10", "", true, 0)

extern const NicModel kNicModels[];
extern const size_t kNicModelCount;

/// @throws Error(Status::usage) with the nearest name.
const NicModel& nic_model(const std::string& name);

/// The two ends of a pair on the machine's first PCI bus. No other device of ours is there.
inline constexpr int kNicSlots[] = {0x18, 0x19};

/// A pair of this model as a device of the machine is called: "nic:e1000e".
std::string nic_device(const NicModel& model);
/// The model of such a name, or null: another device.
/// @throws Error(Status::usage): it begins so, and there is no such model.
const NicModel* model_of_device(const std::string& device);

}  // namespace rxlab
